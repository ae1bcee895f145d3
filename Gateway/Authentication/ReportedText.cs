namespace PartnerPlatform.Gateway.Authentication;

/// <summary>What a client says of itself and the control plane is told: anybody can say it, at any length.</summary>
internal static class ReportedText
{
    /// <summary>Characters.</summary>
    private const int Longest = 255;

    public static string? Cut(string? text) => text?.Length > Longest ? text[..Longest] : text;
}
