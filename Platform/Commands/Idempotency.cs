using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marten;
using Npgsql;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Platform.Commands;

/// <summary>
/// Same caller, same key, same answer for 24 hours. Looked up first, inserted in the events' own batch, looked up again after a conflict.
/// The stored answer has no secret: a repeated command never shows one again.
/// </summary>
public sealed class Idempotency(NpgsqlDataSource database)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Hash of what the command says, without what differs between two attempts of the same.</summary>
    public static string Hash<TCommand>(TCommand command) where TCommand : Command
    {
        var content = JsonSerializer.SerializeToNode(command, command.GetType(), ContractJson.Options)!.AsObject();
        content.Remove("ask");
        DropGenerated(content);
        content["command"] = command.GetType().Name;
        content["expectedVersion"] = command.Ask.ExpectedVersion;
        content["reason"] = command.Ask.Reason;
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(content)));
    }

    /// <summary>Ids and secrets' hashes that are made anew for each attempt; by convention their names begin with New.</summary>
    private static void DropGenerated(JsonNode? node)
    {
        if (node is JsonObject content)
        {
            foreach (var generated in content.Select(p => p.Key).Where(k => k.StartsWith("new", StringComparison.Ordinal)).ToList())
            {
                content.Remove(generated);
            }
        }

        foreach (var inner in node is JsonObject o ? o.Select(p => p.Value) : node is JsonArray array ? array : [])
        {
            DropGenerated(inner);
        }
    }

    public async Task<Outcome?> Find(Ask ask, string hash, CancellationToken ct)
    {
        if (ask.IdempotencyKey is null || ask.DryRun)
        {
            return null;
        }

        await using var command = database.CreateCommand(
            "select input_hash, outcome::text, feed_number from platform.idempotency where caller = $1 and key = $2 and at > $3");
        command.Parameters.Add(new() { Value = ask.Caller.Name });
        command.Parameters.Add(new() { Value = ask.IdempotencyKey });
        command.Parameters.Add(new() { Value = (ask.At - Kept).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return null;
        }

        if (reader.GetString(0) != hash)
        {
            return Outcome.Refused(ask, new Refusal(
                Codes.IdempotencyKeyReused, "This idempotencyKey was used for another command.", "idempotencyKey", "idempotency-key"));
        }

        var outcome = JsonSerializer.Deserialize<Outcome>(reader.GetString(1), ContractJson.Options)!;
        return outcome with { FeedNumber = reader.GetInt64(2), Replayed = true, ForGateways = reader.GetInt64(2) > 0 };
    }

    /// <summary>Deletes answers that are not kept any longer.</summary>
    public async Task<int> Sweep(CancellationToken ct)
    {
        await using var command = database.CreateCommand("delete from platform.idempotency where at <= clock_timestamp() - $1");
        command.Parameters.Add(new() { Value = Kept });
        return await command.ExecuteNonQueryAsync(ct);
    }

    public void Queue(IDocumentSession session, Ask ask, string hash, Outcome outcome)
    {
        if (ask.IdempotencyKey is null)
        {
            return;
        }

        session.QueueSqlCommand("delete from platform.idempotency where caller = ? and key = ? and at <= ?",
            ask.Caller.Name, ask.IdempotencyKey, (ask.At - Kept).ToUniversalTime());
        session.QueueSqlCommand(
            "insert into platform.idempotency (caller, key, input_hash, outcome, at) values (?, ?, ?, cast(? as jsonb), ?)",
            ask.Caller.Name, ask.IdempotencyKey, hash, JsonSerializer.Serialize(outcome, ContractJson.Options), ask.At.ToUniversalTime());
    }
}
