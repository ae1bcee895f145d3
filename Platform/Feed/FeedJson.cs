using System.Text.Json;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Platform.Feed;

public static class FeedJson
{
    public static string? Write(object? content) =>
        content is null ? null : JsonSerializer.Serialize(content, content.GetType(), ContractJson.Options);

    public static JsonElement? Read(string? content)
    {
        if (content is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(content);
        return document.RootElement.Clone();
    }
}
