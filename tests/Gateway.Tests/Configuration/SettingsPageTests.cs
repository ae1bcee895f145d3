using System.Text.RegularExpressions;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Gateway.Tests.Configuration;

/// <summary>docs/settings.md names the settings that the gateway reads, all of them and no others.</summary>
public partial class SettingsPageTests
{
    [Fact]
    public void The_page_has_every_setting_that_is_read_and_no_other()
    {
        var read = Directory.EnumerateFiles(Path.Combine(Repository.Root, "Gateway", "Configuration"), "*.cs")
            .SelectMany(f => Setting().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Append(Contracts.Tokens.GatewayTokens.SecretKeyVariable).ToHashSet(StringComparer.Ordinal);
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "settings.md"));
        var gateway = page[page.IndexOf("## Gateway", StringComparison.Ordinal)..];
        gateway = gateway[..gateway.IndexOf("\n## ", StringComparison.Ordinal)];
        var told = Row().Matches(gateway).SelectMany(m => m.Groups[1].Value.Split(", ")).Where(n => n.StartsWith("GATEWAY_", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        told.RemoveWhere(n => n.EndsWith("_FILE", StringComparison.Ordinal) && told.Contains(n[..^"_FILE".Length]));

        Assert.Equal(read.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("\"(GATEWAY_[A-Z_]+)\"")]
    private static partial Regex Setting();

    [GeneratedRegex("^\\| `([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex Row();
}
