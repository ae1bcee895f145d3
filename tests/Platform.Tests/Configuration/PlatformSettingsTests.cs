using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Tests.Configuration;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Tests.Configuration;

public sealed class PlatformSettingsTests : DeclaredSettings
{
    [Fact]
    public void Printed_options_tell_no_secret()
    {
        var options = PlatformOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PLATFORM_DATABASE"] = "Host=database;Password=hidden",
            ["IDENTITY_URL"] = "https://identity",
            [GatewayTokens.SecretKeyVariable] = Convert.ToBase64String(new byte[32]),
            [MasterKey.FileVariable] = FileWith(Convert.ToBase64String(new byte[32])),
        }).Build());

        Assert.DoesNotContain("hidden", options.ToString(), StringComparison.Ordinal);
    }

    protected override IReadOnlyDictionary<string, IEnumerable<SettingAttribute>> Tables =>
        new Dictionary<string, IEnumerable<SettingAttribute>> { ["Platform"] = SettingAttribute.Of(typeof(PlatformOptions)) };

    protected override IEnumerable<string> Folders => ["Platform"];

    protected override object Read(IConfiguration configuration) => PlatformOptions.Read(configuration);
}
