using System.Security.Cryptography;
using Npgsql;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Nodes;

/// <summary>
/// The key that derives topic ids: made once, never rotated, in its own table, sealed (AES-GCM) by the key from <c>PLATFORM_MASTER_KEY_FILE</c>.
/// </summary>
public sealed class TopicIdKey(NpgsqlDataSource database, MasterKey master)
{
    private const string Name = "topic-id";
    private volatile byte[]? _key;

    public async Task<byte[]> Get(CancellationToken ct) => _key ??= await Load(ct) ?? await Make(ct);

    private async Task<byte[]?> Load(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select nonce, tag, sealed from platform.kept_keys where name = $1");
        command.Parameters.Add(new() { Value = Name });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return null;
        }

        return master.Open(new Sealed((byte[])reader[0], (byte[])reader[1], (byte[])reader[2]));
    }

    private async Task<byte[]> Make(CancellationToken ct)
    {
        var made = master.Seal(RandomNumberGenerator.GetBytes(32));
        await using var command = database.CreateCommand(
            "insert into platform.kept_keys (name, nonce, tag, sealed) values ($1, $2, $3, $4) on conflict do nothing");
        command.Parameters.Add(new() { Value = Name });
        command.Parameters.Add(new() { Value = made.Nonce });
        command.Parameters.Add(new() { Value = made.Tag });
        command.Parameters.Add(new() { Value = made.Text });
        await command.ExecuteNonQueryAsync(ct);
        return (await Load(ct))!; // another process may have been first
    }
}
