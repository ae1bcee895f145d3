using System.Text.Json;
using System.Text.Json.Serialization;

namespace PartnerPlatform.Contracts.Feed;

/// <summary>
/// Answer of <c>GET /feed?after=CURSOR</c>. Asking for what follows a cursor acknowledges everything up to it.
/// The request is held for up to 25 seconds until there is something to say; a page without entries is a time-out.
/// </summary>
/// <param name="Cursor">What the next request passes as <c>after</c>; opaque: <c>number:rowId</c>.</param>
/// <param name="Snapshot">
/// True: <paramref name="Entries"/> is everything there is, in one consistent read, and whatever the reader holds beside it is gone.
/// Sent to a reader without a cursor, too far behind, or with a cursor that this database never gave out.
/// </param>
/// <param name="Entries">Changes in commit order, oldest first.</param>
public sealed record FeedPage(string Cursor, bool Snapshot, IReadOnlyList<FeedEntry> Entries);

/// <summary>One read-model document as it is after a change.</summary>
/// <param name="Number">Position in the feed; rising, with gaps for entries meant for other readers.</param>
/// <param name="Key">Document key, <c>kind/id</c>, see <see cref="FeedKinds"/>.</param>
/// <param name="Version">Version of the stream behind the document.</param>
/// <param name="At">When the change was committed (UTC), stamped under the feed's lock: number order is time order.</param>
/// <param name="Content">The document, or null when it was removed.</param>
public sealed record FeedEntry(long Number, string Key, long Version, DateTimeOffset At, JsonElement? Content);

/// <summary>Who reads an entry: gateways never see client secrets' hashes, Identity never sees topics.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FeedAudience>))]
public enum FeedAudience
{
    Gateway,
    Identity,
}

/// <summary>First part of <see cref="FeedEntry.Key"/> and the record that its content deserializes to.</summary>
public static class FeedKinds
{
    public const string PhysicalCluster = "physicalCluster";
    public const string VirtualCluster = "virtualCluster";
    public const string Alias = "alias";
    public const string ServiceAccount = "serviceAccount";
    public const string AccessControl = "accessControl";
    public const string Node = "node";
    public const string Client = "client";
    public const string Person = "person";

    public static string Key(string kind, string id) => $"{kind}/{id}";

    public static (string Kind, string Id) Split(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash <= 0 ? throw new FormatException($"Feed key '{key}' is not kind/id.") : (key[..slash], key[(slash + 1)..]);
    }
}

/// <summary>JSON rules of everything that crosses between Platform, Identity and gateway nodes.</summary>
public static class ContractJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };
}
