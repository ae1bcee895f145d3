using System.Text.Json;

namespace PartnerPlatform.Web.Api;

/// <summary>A page of a list, as Platform answers it.</summary>
/// <param name="PageInfo">Null: it was not asked for.</param>
public sealed record Page<T>(IReadOnlyList<T> Nodes, PageEnd? PageInfo, int? TotalCount)
{
    public static readonly Page<T> Empty = new([], null, 0);

    /// <summary>This is not the last page.</summary>
    public bool HasMore => PageInfo is { HasNextPage: true };

    /// <summary>Cursor of the next page, or null.</summary>
    public string? Next => PageInfo is { HasNextPage: true, EndCursor: { } cursor } ? cursor : null;
}

public sealed record PageEnd(bool HasNextPage, string? EndCursor);

/// <summary>What a mutation did.</summary>
/// <param name="FeedNumber">0: nothing changed.</param>
public sealed record Change(string Id, long FeedNumber, Enforcement? Enforcement)
{
    public const string Fields = "change { id feedNumber enforcement { nodes applied slowestMs outOfReach } }";
}

/// <summary>How far a change has got on the gateway nodes.</summary>
public sealed record Enforcement(int Nodes, int Applied, double? SlowestMs, IReadOnlyList<string>? OutOfReach)
{
    public bool Complete => Applied >= Nodes;
}

public sealed record AuditEntry(
    long Sequence, string ThingId, string Event, DateTimeOffset At, string? Actor, string? Role, string? Reason, string? ChangeId, string? Data)
{
    /// <summary>What every role may read of a decision.</summary>
    public const string Fields = "sequence thingId event at actor role reason changeId";

    private static readonly string[] Names = ["Name", "ClientId", "TokenId"];

    /// <summary>Name of what it was about, where the event says it; staff only, as the event's data are.</summary>
    public string? Subject => Data is null ? null : Named(JsonSerializer.Deserialize<JsonElement>(Data));

    private static string? Named(JsonElement data) =>
        Names.Select(name => data.TryGetProperty(name, out var value) ? value.GetString() : null).FirstOrDefault(name => name is not null);
}
