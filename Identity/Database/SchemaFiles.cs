using System.Globalization;
using Npgsql;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Database;

/// <summary>Brings a database to the schema of this version: numbered SQL files, each applied once, in order.</summary>
internal static class SchemaFiles
{
    private const string Prefix = "Schema/";

    // Any constant that no other program of this database uses.
    private const long LockKey = 0x1D_5C_4E_3A;

    private const string MakeHistory =
        """
        CREATE SCHEMA IF NOT EXISTS identity;
        CREATE TABLE IF NOT EXISTS identity.schema_history (number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
        """;

    public static int Newest => All().Max(file => file.Number);

    public static async Task ApplyAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey.ToString(CultureInfo.InvariantCulture)})", cancellation);
        await ExecuteAsync(connection, MakeHistory, cancellation);
        var applied = await NumberAsync(connection, cancellation);
        foreach (var (number, name) in All().Where(file => file.Number > applied).OrderBy(file => file.Number))
        {
            await ExecuteAsync(connection, Read(name), cancellation);
            await using var record = new NpgsqlCommand("INSERT INTO identity.schema_history (number, name) VALUES ($1, $2)", connection)
            {
                Parameters = { new() { Value = number }, new() { Value = name } },
            };
            await record.ExecuteNonQueryAsync(cancellation);
        }

        await transaction.CommitAsync(cancellation);
    }

    /// <summary>A newer schema is fine: readers are updated before writers.</summary>
    public static async Task RequireAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var exists = new NpgsqlCommand("SELECT to_regclass('identity.schema_history') IS NOT NULL", connection);
        var applied = (bool)(await exists.ExecuteScalarAsync(cancellation))! ? await NumberAsync(connection, cancellation) : 0;
        if (applied < Newest)
        {
            throw new InvalidSettingException(
                $"IDENTITY_DATABASE has schema {applied}, this version needs {Newest}: run it once with the argument apply-schema, or set IDENTITY_APPLY_SCHEMA=true");
        }
    }

    private static async Task<int> NumberAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var query = new NpgsqlCommand("SELECT coalesce(max(number), 0) FROM identity.schema_history", connection);
        return (int)(await query.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static IEnumerable<(int Number, string Name)> All() =>
        typeof(SchemaFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (int.Parse(name.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture), name[Prefix.Length..]));

    private static string Read(string name)
    {
        using var stream = typeof(SchemaFiles).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
