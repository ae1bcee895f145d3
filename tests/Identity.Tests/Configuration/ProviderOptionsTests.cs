using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.People;

namespace PartnerPlatform.Identity.Tests.Configuration;

public sealed class ProviderOptionsTests
{
    private static readonly Dictionary<string, string?> Complete = new()
    {
        ["IDENTITY_URL"] = "https://identity.example.com",
        ["IDENTITY_DATABASE"] = "Host=database",
        ["PLATFORM_URL"] = "https://platform.example.com",
        ["IDENTITY_MASTER_KEY_FILE"] = "/run/secrets/identity",
        ["IDENTITY_PROVIDER_ISSUER"] = "https://login.example.com/realms/staff",
        ["IDENTITY_PROVIDER_CLIENT_ID"] = "partnerplatform",
        ["IDENTITY_PROVIDER_CLIENT_SECRET"] = "a secret of the provider",
        ["IDENTITY_PROVIDER_ROLES"] = "admins=operator",
    };

    [Fact]
    public void Defaults_are_as_documented()
    {
        var options = Read([]);

        var provider = options.Provider!;
        Assert.Equal(["openid", "profile"], provider.Scopes);
        Assert.Equal(("login.example.com", "groups", null, false), (provider.Name, provider.RoleClaim, provider.OrganizationClaim, provider.LogOut));
        Assert.False(options.LocalPasswords);
        Assert.DoesNotContain("a secret", $"{options} {provider}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IDENTITY_PROVIDER_ISSUER", "http://login.example.com")]
    [InlineData("IDENTITY_PROVIDER_ISSUER", "login.example.com")]
    [InlineData("IDENTITY_PROVIDER_ISSUER", "https://login.example.com/?tenant=1")]
    [InlineData("IDENTITY_PROVIDER_ISSUER", "https://me@login.example.com/")]
    [InlineData("IDENTITY_PROVIDER_ISSUER", "https://identity.example.com")]
    [InlineData("IDENTITY_PROVIDER_CLIENT_ID", "")]
    [InlineData("IDENTITY_PROVIDER_CLIENT_SECRET", "")]
    [InlineData("IDENTITY_PROVIDER_CLIENT_SECRET", "both", "IDENTITY_PROVIDER_CLIENT_SECRET_FILE", "/proc/self/status")]
    [InlineData("IDENTITY_PROVIDER_CLIENT_SECRET_FILE", "/dev/null", "IDENTITY_PROVIDER_CLIENT_SECRET", "")]
    [InlineData("IDENTITY_PROVIDER_CLIENT_SECRET_FILE", "/nowhere", "IDENTITY_PROVIDER_CLIENT_SECRET", "")]
    [InlineData("IDENTITY_PROVIDER_ROLES", "")]
    [InlineData("IDENTITY_PROVIDER_ROLES", "admins=root")]
    [InlineData("IDENTITY_PROVIDER_LOGOUT", "perhaps")]
    [InlineData("IDENTITY_LOCAL_PASSWORDS", "perhaps")]
    public void Fault_is_told_with_the_setting_s_name(string name, string value, string? beside = null, string? besideValue = null)
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => Read(new() { [name] = value, [beside ?? "none"] = besideValue }));

        Assert.StartsWith(name, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.DoesNotContain("a secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_a_provider_mean_nothing_without_an_issuer()
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => Read(new() { ["IDENTITY_PROVIDER_ISSUER"] = "" }));

        Assert.Equal(
            ["IDENTITY_PROVIDER_CLIENT_ID", "IDENTITY_PROVIDER_CLIENT_SECRET", "IDENTITY_PROVIDER_ROLES"], refusal.Message.Split('\n').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Without_passwords_and_without_a_provider_nobody_could_log_in()
    {
        var settings = Complete.Where(setting => !setting.Key.Contains("PROVIDER", StringComparison.Ordinal)).Append(new("IDENTITY_LOCAL_PASSWORDS", "false"));

        var refusal = Assert.Throws<InvalidSettingException>(() => IdentityOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));

        Assert.StartsWith("IDENTITY_LOCAL_PASSWORDS is false", refusal.Message);
    }

    [Fact]
    public void Accounts_of_ways_that_are_closed_are_not_taken()
    {
        var local = new Account { PersonId = "person-1", DisplayName = "Ada", AcceptedAt = DateTimeOffset.UnixEpoch, PasswordHash = "hash", NameKey = "ada" };
        var ours = new Account { PersonId = "person-2", DisplayName = "Ada", AcceptedAt = DateTimeOffset.UnixEpoch, Issuer = "https://login.example.com/realms/staff" };
        var formers = new Account { PersonId = "person-3", DisplayName = "Ada", AcceptedAt = DateTimeOffset.UnixEpoch, Issuer = "https://former.example.com/" };

        Assert.Equal((false, true, false), Taken(Read([])));
        Assert.Equal((true, true, false), Taken(Read(new() { ["IDENTITY_LOCAL_PASSWORDS"] = "true" })));

        (bool, bool, bool) Taken(IdentityOptions options) => (options.Takes(local), options.Takes(ours), options.Takes(formers));
    }

    private static IdentityOptions Read(Dictionary<string, string?> changes) =>
        IdentityOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(Complete).AddInMemoryCollection(changes).Build());
}
