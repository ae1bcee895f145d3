using Npgsql;

namespace PartnerPlatform.Platform.Database;

public static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        app.MapGet("/health/ready", async (DatabaseStart start, NpgsqlDataSource database, CancellationToken ct) =>
        {
            if (!start.Done.IsCompletedSuccessfully)
            {
                return Results.Text("the database was not ready yet", statusCode: StatusCodes.Status503ServiceUnavailable);
            }

            try
            {
                await using var command = database.CreateCommand("select 1");
                command.CommandTimeout = 3;
                await command.ExecuteScalarAsync(ct);
                return Results.Text("ready");
            }
            catch (NpgsqlException)
            {
                return Results.Text("the database is away", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        }).AllowAnonymous();
    }
}
