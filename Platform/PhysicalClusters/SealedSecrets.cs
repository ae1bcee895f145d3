using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.PhysicalClusters;

/// <summary>
/// Secrets of clusters' connections, sealed (AES-GCM) by the key from <c>PLATFORM_MASTER_KEY_FILE</c>, in a table of their own: never in an event. What is sealed says which connection
/// of which cluster it belongs to, so that a row cannot stand for another.
/// </summary>
public sealed class SealedSecrets(NpgsqlDataSource database, MasterKey master)
{
    public const string Sql = """
        create table if not exists platform.cluster_secrets (
          cluster_id text primary key,
          number int not null,
          nonce bytea not null,
          tag bytea not null,
          sealed bytea not null);
        """;

    /// <summary>Part of the work that sets a connection; what was there before is gone with it.</summary>
    public void Stage(Work work, string clusterId, int number, IReadOnlyDictionary<string, Secret> secrets)
    {
        StageRemoval(work, clusterId);
        var text = JsonSerializer.SerializeToUtf8Bytes(secrets.ToDictionary(s => s.Key, s => s.Value.Reveal()), ContractJson.Options);
        var made = master.Seal(text, Of(clusterId, number));
        CryptographicOperations.ZeroMemory(text);
        work.Session.QueueSqlCommand("insert into platform.cluster_secrets (cluster_id, number, nonce, tag, sealed) values (?, ?, ?, ?, ?)", clusterId, number, made.Nonce, made.Tag, made.Text);
    }

    public static void StageRemoval(Work work, string clusterId) => work.Session.QueueSqlCommand("delete from platform.cluster_secrets where cluster_id = ?", clusterId);

    /// <summary>Null: the cluster has none.</summary>
    /// <exception cref="AuthenticationTagMismatchException">The master key is another one, or the row was changed.</exception>
    public async Task<ClusterSecrets?> Find(string clusterId, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select number, nonce, tag, sealed from platform.cluster_secrets where cluster_id = $1");
        command.Parameters.Add(new() { Value = clusterId });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return null;
        }

        var number = reader.GetInt32(0);
        var text = master.Open(new Sealed((byte[])reader[1], (byte[])reader[2], (byte[])reader[3]), Of(clusterId, number));
        return new ClusterSecrets(number, JsonSerializer.Deserialize<Dictionary<string, string>>(text, ContractJson.Options)!);
    }

    /// <summary>Tells whether two sets of secrets are the same, and nothing else to those without the master key.</summary>
    public string Digest(IReadOnlyDictionary<string, Secret> secrets) =>
        master.Digest(JsonSerializer.SerializeToUtf8Bytes(secrets.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => KeyValuePair.Create(s.Key, s.Value.Reveal())), ContractJson.Options));

    private static byte[] Of(string clusterId, int number) => Encoding.UTF8.GetBytes($"{clusterId}/{number}");
}
