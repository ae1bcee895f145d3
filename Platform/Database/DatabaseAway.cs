using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Database;

public static class DatabaseAway
{
    private const string TryAgain = "The database is away. Try again in a moment.";

    /// <summary>503 while the database is away or the process stops; a caller that hung up gets nothing.</summary>
    public static void UseDatabaseAwayAnswers(this WebApplication app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        catch (Exception e) when ((e is OperationCanceledException || Conflicts.IsUnavailable(e)) && !http.Response.HasStarted)
        {
            if (!http.RequestAborted.IsCancellationRequested)
            {
                // GraphQL clients look for errors, others for the problem.
                var error = new { message = TryAgain, extensions = new { code = Codes.DependencyUnavailable, retriable = true } };
                await Results.Problem(
                    TryAgain, title: Codes.DependencyUnavailable, statusCode: StatusCodes.Status503ServiceUnavailable,
                    extensions: new Dictionary<string, object?> { ["errors"] = new[] { error } }).ExecuteAsync(http);
            }
        }
    });
}
