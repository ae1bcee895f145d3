namespace PartnerPlatform.Platform.Commands;

/// <summary>Stream ids: what it is, and a UUID that sorts by time; never a name.</summary>
public static class Ids
{
    public static string New(string kind) => $"{kind}-{Guid.CreateVersion7():D}";
}
