using System.Text.Json.Serialization;

namespace PartnerPlatform.Platform.Commands;

/// <summary>What became of a command.</summary>
/// <param name="ThingId">Stream of the thing that was changed.</param>
/// <param name="Version">Its version afterwards.</param>
/// <param name="FeedNumber">Last feed entry of the change; 0 when nothing changed.</param>
/// <param name="ForGateways">True: gateway nodes have something to enforce.</param>
/// <param name="Replayed">True: the answer of an earlier command with the same idempotency key.</param>
public sealed record Outcome(
    string ChangeId, string ThingId, long Version, long FeedNumber, bool ForGateways, bool DryRun, bool Replayed,
    DateTimeOffset At, Issued? Issued = null)
{
    [JsonIgnore]
    public Refusal? Refusal { get; init; }

    /// <summary>State of the changed thing; null in a repeated answer.</summary>
    [JsonIgnore]
    public object? Thing { get; init; }

    public static Outcome Refused(Ask ask, Refusal refusal) =>
        new(ask.ChangeId, "", 0, 0, false, ask.DryRun, false, ask.At) { Refusal = refusal };
}

/// <summary>A credential that came into being; the secret is there in the first answer only and is never stored.</summary>
public sealed record Issued(string Id, DateTimeOffset? ExpiresAt)
{
    [JsonIgnore]
    public Secret? Secret { get; init; }
}
