using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Tests.Configuration;
using PartnerPlatform.Web.Configuration;

namespace PartnerPlatform.Web.Tests.Configuration;

public sealed class WebSettingsTests : DeclaredSettings
{
    protected override IReadOnlyDictionary<string, IEnumerable<SettingAttribute>> Tables =>
        new Dictionary<string, IEnumerable<SettingAttribute>> { ["Web"] = SettingAttribute.Of(typeof(WebOptions)) };

    protected override IEnumerable<string> Folders => ["Web"];

    protected override string ExampleOf(SettingAttribute setting) => setting.Name.StartsWith("Kestrel", StringComparison.Ordinal) ? FileWith("certificate") : base.ExampleOf(setting);

    protected override object Read(IConfiguration configuration) => WebOptions.Read(configuration);
}
