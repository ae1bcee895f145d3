using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Tests.Configuration;
using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Tests.Configuration;

public sealed class IdentitySettingsTests : DeclaredSettings
{
    private static readonly IReadOnlyList<SettingAttribute> OfProvider = [.. SettingAttribute.Of(typeof(ProviderOptions))];

    protected override IReadOnlyDictionary<string, IEnumerable<SettingAttribute>> Tables => new Dictionary<string, IEnumerable<SettingAttribute>>
    {
        ["Identity"] = SettingAttribute.Of(typeof(IdentityOptions)).Except(OfProvider),
        ["Provider"] = OfProvider,
    };

    protected override IEnumerable<string> Folders => ["Identity"];

    protected override object Read(IConfiguration configuration) => IdentityOptions.Read(configuration);
}
