using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>The mechanism for a configuration.</summary>
internal static class SaslMechanisms
{
    public static SaslMechanism Of(SaslOptions options, string cluster, IHttpClientFactory http, TimeProvider time, ILogger logger) => options switch
    {
        PasswordOptions { Mechanism: "PLAIN" } plain => new PlainMechanism(plain),
        PasswordOptions scram => new ScramMechanism(scram),
        _ => throw new InvalidSettingException($"SASL mechanism {options.Mechanism} is not supported."),
    };
}
