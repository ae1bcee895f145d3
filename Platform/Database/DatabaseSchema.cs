using Marten;
using Npgsql;

namespace PartnerPlatform.Platform.Database;

/// <summary>Applies Marten's schema and the rooms' own tables; two processes that do so at once take turns.</summary>
public sealed class DatabaseSchema(IDocumentStore store, NpgsqlDataSource database, IEnumerable<OwnTables> tables)
{
    private const long LockId = 0x706c6174666f726d;

    public async Task Apply(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await Run(connection, $"select pg_advisory_lock({LockId})", ct);
        try
        {
            await Run(connection, "create schema if not exists platform", ct);
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(JasperFx.AutoCreate.CreateOrUpdate);
            foreach (var own in tables.OrderBy(t => t.Name, StringComparer.Ordinal))
            {
                await Run(connection, own.Sql, ct);
            }
        }
        finally
        {
            await Run(connection, $"select pg_advisory_unlock({LockId})", CancellationToken.None);
        }
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
