using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

internal static class StateFiles
{
    /// <summary>Options of a node whose state file that is.</summary>
    public static GatewayOptions Options(string path) => GatewayOptions.Read(new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["GATEWAY_STATE_FILE"] = path,
        ["GATEWAY_USER_POOL_SECRET_KEY"] = Convert.ToBase64String(new byte[32]),
    }).Build()), BrokerProtocol.PLAINTEXT);
}
