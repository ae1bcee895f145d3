using System.Text.Json;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>A node's state file: a line with a checksum, then JSON.</summary>
public sealed class StateFileUnderTest(string path)
{
    public string Path { get; } = path;

    public string Damaged => Path + ".damaged";

    public string Cursor => Content().GetProperty("cursor").GetString()!;

    /// <summary>A line for each document, in order of their keys: comparable.</summary>
    public IReadOnlyList<string> Documents() => Lines(Content().GetProperty("documents").Deserialize<List<FeedEntry>>(ContractJson.Options)!);

    public static IReadOnlyList<string> Lines(IEnumerable<FeedEntry> entries) =>
        [.. entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} v{entry.Version} #{entry.Number} {Sorted(entry.Content!.Value)}")];

    private JsonElement Content()
    {
        var text = File.ReadAllText(Path);
        return JsonDocument.Parse(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]).RootElement;
    }

    // The database's jsonb has an order of its own; a property that is null may be left out.
    private static string Sorted(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null)
            .OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}:{Sorted(p.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Sorted)) + "]",
        _ => value.GetRawText(),
    };
}
