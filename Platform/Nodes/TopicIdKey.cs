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

        var key = new byte[32];
        using var gcm = new AesGcm(master.Bytes, 16);
        gcm.Decrypt((byte[])reader[0], (byte[])reader[2], (byte[])reader[1], key);
        return key;
    }

    private async Task<byte[]> Make(CancellationToken ct)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var tag = new byte[16];
        var text = new byte[32];
        using (var gcm = new AesGcm(master.Bytes, 16))
        {
            gcm.Encrypt(nonce, key, text, tag);
        }

        await using var command = database.CreateCommand(
            "insert into platform.kept_keys (name, nonce, tag, sealed) values ($1, $2, $3, $4) on conflict do nothing");
        command.Parameters.Add(new() { Value = Name });
        command.Parameters.Add(new() { Value = nonce });
        command.Parameters.Add(new() { Value = tag });
        command.Parameters.Add(new() { Value = text });
        await command.ExecuteNonQueryAsync(ct);
        return (await Load(ct))!; // another process may have been first
    }
}

/// <summary>The key that seals what the database keeps secret.</summary>
public sealed class MasterKey(byte[] bytes)
{
    public const string FileVariable = "PLATFORM_MASTER_KEY_FILE";

    public byte[] Bytes => bytes;

    public static MasterKey FromFile(string path)
    {
        try
        {
            var bytes = Convert.FromBase64String(File.ReadAllText(path).Trim());
            return bytes.Length == 32 ? new MasterKey(bytes) : throw new ConfigurationFault(FileVariable, "the file does not hold 32 bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFault(FileVariable, $"'{path}' cannot be read.");
        }
        catch (FormatException)
        {
            throw new ConfigurationFault(FileVariable, "the file is not base64.");
        }
    }
}
