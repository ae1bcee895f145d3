using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>The mechanism for a configuration.</summary>
internal static class SaslMechanisms
{
    /// <exception cref="InvalidSettingException">A key tab cannot be used.</exception>
    public static SaslMechanism Of(SaslOptions options, string cluster, IHttpClientFactory http, TimeProvider time, ILogger logger) => options switch
    {
        PasswordOptions { Mechanism: "PLAIN" } plain => new PlainMechanism(plain),
        PasswordOptions scram => new ScramMechanism(scram),
        OAuthBearerOptions bearer => new OAuthBearerMechanism(bearer, new TokenSource(cluster, bearer, http, time, logger)),
        MskIamOptions iam => new MskIamMechanism(iam, time),
        GssapiOptions kerberos => new GssapiMechanism(kerberos, new KerberosTickets(cluster, kerberos, time, logger)),
        _ => throw new InvalidSettingException($"SASL mechanism {options.Mechanism} is not supported."),
    };
}
