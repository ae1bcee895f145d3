using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Platform.Sessions;

/// <summary>What clients say of themselves, and nodes repeat: anything, also what PostgreSQL does not take.</summary>
internal static class Reported
{
    public static string? Clean(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);

    public static ClientFacts Clean(ClientFacts client) => client with
    {
        ClientId = Clean(client.ClientId),
        SoftwareName = Clean(client.SoftwareName),
        SoftwareVersion = Clean(client.SoftwareVersion),
    };
}
