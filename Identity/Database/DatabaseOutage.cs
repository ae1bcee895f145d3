using Npgsql;

namespace PartnerPlatform.Identity.Database;

/// <summary>While the database is away, clients are told to try again (RFC 6749's temporarily_unavailable) instead of an error without a word.</summary>
internal static partial class DatabaseOutage
{
    public static void UseDatabaseOutage(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (IsOutage(failure) && !context.Response.HasStarted)
        {
            DatabaseAway(app.Logger, failure.GetBaseException().Message);
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "1";
            await context.Response.WriteAsJsonAsync(new { error = "temporarily_unavailable", error_description = "The database is out of reach." });
        }
    });

    private static bool IsOutage(Exception? failure) =>
        failure is NpgsqlException { IsTransient: true } || (failure?.InnerException is { } inner && IsOutage(inner));

    [LoggerMessage(Level = LogLevel.Warning, Message = "a request was answered 503, the database is out of reach: {Fault}")]
    private static partial void DatabaseAway(ILogger logger, string fault);
}
