using PartnerPlatform.Gateway.Authentication;

namespace PartnerPlatform.Gateway.Configuration;

/// <summary>Whether clients show certificates.</summary>
public enum ClientAuth
{
    NONE,
    REQUEST,
    REQUIRE,
}

/// <summary>TLS of the listeners. Files are read again when they change.</summary>
/// <param name="Trust">Null: nobody's certificates are taken.</param>
/// <param name="PrincipalMapping">Used for SSL.</param>
public sealed record ListenerTlsOptions(
    [Setting("GATEWAY_SSL_KEY_STORE_PATH", "key and certificate chain", Otherwise = "required with TLS", Example = "/etc/gateway/gateway.p12")]
    [Setting("GATEWAY_SSL_KEY_TYPE", "`PEM`, `PKCS12` or `JKS`", Otherwise = "by the file's name, else `PEM`", Example = "PKCS12")]
    [Setting("GATEWAY_SSL_KEY_STORE_PASSWORD", "of the store", Otherwise = "none", HasFile = true, Example = "/run/secrets/key-store")]
    [Setting("GATEWAY_SSL_KEY_PASSWORD", "of the key in it, where that is another", Otherwise = "none", HasFile = true, Example = "/run/secrets/key")]
    StoreOptions Keys,
    [Setting("GATEWAY_SSL_TRUST_STORE_PATH", "whose client certificates are taken", Otherwise = "required with client certificates", Example = "/etc/gateway/partners.pem")]
    [Setting("GATEWAY_SSL_TRUST_STORE_TYPE", "`PEM`, `PKCS12` or `JKS`", Otherwise = "by the file's name, else `PEM`", Example = "PEM")]
    [Setting("GATEWAY_SSL_TRUST_STORE_PASSWORD", "of the store", Otherwise = "none", HasFile = true, Example = "/run/secrets/trust-store")]
    StoreOptions? Trust,
    [Setting("GATEWAY_SSL_CLIENT_AUTH", "whether clients show certificates: `NONE`, `REQUEST`, `REQUIRE`", Default = "NONE", Example = "REQUIRE")]
    ClientAuth ClientAuth,
    [Setting("GATEWAY_SSL_CRL_PATH", "revocation lists (PEM or DER) of all authorities of client certificates", Otherwise = "none: not asked", Example = "/etc/gateway/partners.crl")]
    StoreOptions? RevocationLists,
    [Setting("GATEWAY_SSL_PRINCIPAL_MAPPING_RULES", "from a certificate's subject to its principal, in Kafka's grammar", Default = "DEFAULT", Example = "RULE:^CN=([^,]+).*$/$1/L,DEFAULT")]
    PrincipalMapping PrincipalMapping)
{
    private const string KeyStore = "GATEWAY_SSL_KEY_STORE_PATH";
    private const string TrustStore = "GATEWAY_SSL_TRUST_STORE_PATH";
    private const string Auth = "GATEWAY_SSL_CLIENT_AUTH";
    private const string RevocationList = "GATEWAY_SSL_CRL_PATH";
    private const string Rules = "GATEWAY_SSL_PRINCIPAL_MAPPING_RULES";

    private static readonly string[] OfKeys = [KeyStore, "GATEWAY_SSL_KEY_STORE_PASSWORD", "GATEWAY_SSL_KEY_PASSWORD", "GATEWAY_SSL_KEY_TYPE", Auth];
    private static readonly string[] OfTrust = [TrustStore, "GATEWAY_SSL_TRUST_STORE_PASSWORD", "GATEWAY_SSL_TRUST_STORE_TYPE", RevocationList, Rules];

    /// <returns>Null: the protocol has no TLS.</returns>
    /// <exception cref="InvalidSettingException">The mapping rules are wrong; other faults are told to the reader.</exception>
    public static ListenerTlsOptions? Read(SettingsReader settings, SecurityProtocol protocol)
    {
        if (!protocol.HasTls())
        {
            Refuse(settings, OfKeys.Concat(OfTrust), $"GATEWAY_SECURITY_PROTOCOL is {protocol}: SSL, SASL_SSL or DELEGATED_SASL_SSL is needed with it");
            return null;
        }

        var auth = settings.Choice(Auth, ClientAuth.NONE);
        if (auth == ClientAuth.NONE)
        {
            Refuse(settings, OfTrust, $"{Auth} is NONE: REQUEST or REQUIRE is needed with it");
        }

        var path = settings.Required(KeyStore, $"{protocol} needs a key and its certificates");
        var keys = new StoreOptions(KeyStore, Format(settings, "GATEWAY_SSL_KEY_TYPE", path), path, null, Password(settings, "GATEWAY_SSL_KEY_STORE_PASSWORD"), Password(settings, "GATEWAY_SSL_KEY_PASSWORD"));
        if (auth == ClientAuth.NONE)
        {
            return new ListenerTlsOptions(keys, null, auth, null, PrincipalMapping.Parse(Rules, ""));
        }

        var trustPath = settings.Required(TrustStore, $"{Auth} is {auth}, and no machine's list of authorities says who a partner is");
        return new ListenerTlsOptions(
            keys,
            new StoreOptions(TrustStore, Format(settings, "GATEWAY_SSL_TRUST_STORE_TYPE", trustPath), trustPath, null, Password(settings, "GATEWAY_SSL_TRUST_STORE_PASSWORD"), null),
            auth,
            settings.Optional(RevocationList) is { } lists ? new StoreOptions(RevocationList, StoreFormat.PEM, lists, null, null, null) : null,
            PrincipalMapping.Parse(Rules, settings.Optional(Rules) ?? ""));
    }

    private static void Refuse(SettingsReader settings, IEnumerable<string> names, string rule)
    {
        foreach (var name in names)
        {
            settings.Require(!settings.HasSecret(name), name, $"is set, but {rule}");
        }
    }

    private static StoreFormat Format(SettingsReader settings, string name, string path) => settings.Choice(name, Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".jks" => StoreFormat.JKS,
        ".p12" or ".pfx" => StoreFormat.PKCS12,
        _ => StoreFormat.PEM,
    });

    private static Secret? Password(SettingsReader settings, string name) =>
        settings.HasSecret(name) ? new Secret(settings.Secret(name, "a password")) : null;
}
