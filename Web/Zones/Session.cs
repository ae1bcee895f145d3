namespace PartnerPlatform.Web.Zones;

/// <summary>A live client connection.</summary>
/// <param name="Node">Gateway node that serves it; staff only.</param>
public sealed record Session(
    string Id, string? Node, string? VirtualCluster, string? ServiceAccount, string? Mechanism, string? ClientId, string? ClientSoftwareName,
    string? ClientSoftwareVersion, string? Address, DateTimeOffset Since, long BytesIn, long BytesOut)
{
    public string Library => string.Join(' ', new[] { ClientSoftwareName, ClientSoftwareVersion }.Where(t => !string.IsNullOrEmpty(t)));
}

/// <summary>Log-ins that came to the same within seconds.</summary>
/// <param name="Text">What it means, and what to do.</param>
public sealed record LoginAttempt(
    DateTimeOffset At, string? ServiceAccount, string Mechanism, string Address, bool Succeeded, string Code, string Text, int Count,
    string? ClientId, string? ClientSoftwareName, string? ClientSoftwareVersion);
