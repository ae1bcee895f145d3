using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Tests.Configuration;

public sealed class IdentityOptionsTests
{
    private static readonly Dictionary<string, string?> Complete = new()
    {
        ["IDENTITY_URL"] = "https://identity.example.com",
        ["IDENTITY_DATABASE"] = "Host=database",
        ["PLATFORM_URL"] = "https://platform.example.com",
        ["IDENTITY_MASTER_KEY_FILE"] = "/run/secrets/identity",
    };

    [Fact]
    public void Defaults_are_as_documented()
    {
        var options = Read([]);

        Assert.Equal(
            (TimeSpan.FromMinutes(10), TimeSpan.FromDays(30), TimeSpan.FromDays(1), false),
            (options.TokenLifetime, options.KeyRotation, options.KeyAnnounce, options.ApplySchema));
        Assert.Equal((TimeSpan.FromHours(12), 5, TimeSpan.FromSeconds(30)), (options.SessionLifetime, options.LoginAttempts, options.LoginDelay));
        Assert.Null(options.Portal);
    }

    [Fact]
    public void Printed_options_tell_no_secret() =>
        Assert.DoesNotContain("hidden", Read(new() { ["IDENTITY_DATABASE"] = "Host=database;Password=hidden" }).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("IDENTITY_URL", "")]
    [InlineData("IDENTITY_URL", "identity")]
    [InlineData("IDENTITY_URL", "http://identity.example.com")]
    [InlineData("IDENTITY_DATABASE", "")]
    [InlineData("PLATFORM_URL", "ftp://platform")]
    [InlineData("IDENTITY_MASTER_KEY_FILE", "")]
    [InlineData("IDENTITY_TOKEN_LIFETIME", "10")]
    [InlineData("IDENTITY_KEY_ROTATION", "soon")]
    [InlineData("IDENTITY_KEY_ANNOUNCE", "31d")]
    [InlineData("IDENTITY_APPLY_SCHEMA", "yes")]
    [InlineData("IDENTITY_SESSION_LIFETIME", "0h")]
    [InlineData("IDENTITY_LOGIN_ATTEMPTS", "1")]
    [InlineData("IDENTITY_LOGIN_ATTEMPTS", "five")]
    [InlineData("IDENTITY_LOGIN_DELAY", "-1s")]
    [InlineData("IDENTITY_PORTAL_SECRET_FILE", "/nowhere/portal.secret", "IDENTITY_PORTAL_URL", "https://portal.example.com")]
    [InlineData("IDENTITY_PORTAL_SECRET_FILE", "", "IDENTITY_PORTAL_URL", "https://portal.example.com")]
    [InlineData("IDENTITY_PORTAL_SECRET_FILE", "/dev/null", "IDENTITY_PORTAL_URL", "https://portal.example.com")]
    [InlineData("IDENTITY_PORTAL_URL", "http://portal.example.com", "IDENTITY_PORTAL_SECRET_FILE", "/proc/self/status")]
    public void Fault_is_told_with_the_setting_s_name(string name, string value, string? beside = null, string? besideValue = null)
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => Read(new() { [name] = value, [beside ?? "none"] = besideValue }));

        Assert.StartsWith(name, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void Longest_living_token_is_the_refresh_token_unless_access_tokens_live_longer()
    {
        Assert.Equal(TimeSpan.FromHours(12), Read([]).LongestToken);
        Assert.Equal(TimeSpan.FromHours(13), Read(new() { ["IDENTITY_TOKEN_LIFETIME"] = "13h" }).LongestToken);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => IdentityOptions.Read(new ConfigurationBuilder().Build()));

        Assert.Equal(4, refusal.Message.Split('\n').Length);
    }

    private static IdentityOptions Read(Dictionary<string, string?> changes) =>
        IdentityOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(Complete).AddInMemoryCollection(changes).Build());
}
