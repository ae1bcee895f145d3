using Npgsql;

namespace PartnerPlatform.Platform.Commands;

/// <summary>Whose a claim is; names are looked up here, not in read models.</summary>
public sealed class ClaimReader(NpgsqlDataSource database)
{
    public async Task<string?> Owner(string claim, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select owner from platform.claims where key = $1");
        command.Parameters.Add(new() { Value = claim });
        return await command.ExecuteScalarAsync(ct) as string;
    }
}
