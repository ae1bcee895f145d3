namespace PartnerPlatform.Gateway.Upstream;

/// <summary>Texts that brokers send, for logs.</summary>
internal static class BrokerTexts
{
    private const int Longest = 300;

    /// <summary>One line, not too long; null: there is none.</summary>
    public static string? OneLine(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : new string([.. text.Take(Longest).Select(c => char.IsControl(c) ? ' ' : c)]);
}
