using Microsoft.EntityFrameworkCore;
using Npgsql;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Database;

public sealed class SchemaFilesTests(TestPostgres postgres)
{
    private const string Shape =
        """
        SELECT concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable) FROM information_schema.columns
        WHERE table_schema = 'identity' AND table_name <> 'schema_history'
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'identity' AND tablename <> 'schema_history'
        UNION ALL
        SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'identity'::regnamespace AND contype = 'f' ORDER BY 1
        """;

    [Fact]
    public async Task Files_make_what_the_model_expects()
    {
        await using var byFiles = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync("files"));
        await using var byModel = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync("model"));
        await using var model = new IdentityDatabase(new DbContextOptionsBuilder<IdentityDatabase>().UseNpgsql(byModel).UseOpenIddict().Options);
        await model.Database.EnsureCreatedAsync();

        await SchemaFiles.ApplyAsync(byFiles, CancellationToken.None);

        Assert.Equal(await ReadAsync(byModel), await ReadAsync(byFiles));
    }

    [Fact]
    public async Task Schema_is_applied_once_also_by_several_at_a_time()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync("twice"));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SchemaFiles.ApplyAsync(source, CancellationToken.None)));

        await SchemaFiles.RequireAsync(source, CancellationToken.None);
    }

    [Fact]
    public async Task Database_without_the_schema_is_refused()
    {
        await using var source = NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync("empty"));

        var refusal = await Assert.ThrowsAsync<InvalidSettingException>(() => SchemaFiles.RequireAsync(source, CancellationToken.None));

        Assert.Contains("IDENTITY_APPLY_SCHEMA", refusal.Message);
    }

    private static async Task<List<string>> ReadAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(Shape);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
