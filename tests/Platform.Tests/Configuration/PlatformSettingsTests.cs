using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts;
using PartnerPlatform.Gateway.Tests.Configuration;
using PartnerPlatform.Platform.Configuration;

namespace PartnerPlatform.Platform.Tests.Configuration;

public sealed class PlatformSettingsTests : DeclaredSettings
{
    protected override IReadOnlyDictionary<string, IEnumerable<SettingAttribute>> Tables =>
        new Dictionary<string, IEnumerable<SettingAttribute>> { ["Platform"] = SettingAttribute.Of(typeof(PlatformOptions)) };

    protected override IEnumerable<string> Folders => ["Platform"];

    protected override object Read(IConfiguration configuration) => PlatformOptions.Read(configuration);
}
