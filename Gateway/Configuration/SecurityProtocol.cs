namespace PartnerPlatform.Gateway.Configuration;

/// <summary>How clients reach the listeners: Kafka's protocols, and two by which the backing cluster judges the logins.</summary>
public enum SecurityProtocol
{
    PLAINTEXT,
    SSL,
    SASL_PLAINTEXT,
    SASL_SSL,
    DELEGATED_SASL_PLAINTEXT,
    DELEGATED_SASL_SSL,
}

public static class SecurityProtocols
{
    public static bool HasTls(this SecurityProtocol protocol) => protocol is SecurityProtocol.SSL or SecurityProtocol.SASL_SSL or SecurityProtocol.DELEGATED_SASL_SSL;

    public static bool HasSasl(this SecurityProtocol protocol) => protocol is not (SecurityProtocol.PLAINTEXT or SecurityProtocol.SSL);

    public static bool IsDelegated(this SecurityProtocol protocol) => protocol is SecurityProtocol.DELEGATED_SASL_PLAINTEXT or SecurityProtocol.DELEGATED_SASL_SSL;

    /// <summary>What a client calls it: <c>security.protocol</c>.</summary>
    public static string ForClients(this SecurityProtocol protocol) => protocol.ToString().Replace("DELEGATED_", "", StringComparison.Ordinal);

    /// <summary>What listeners speak where nobody says it: as the backing cluster does, logins being its affair.</summary>
    public static SecurityProtocol Like(BrokerProtocol backing) => backing switch
    {
        BrokerProtocol.SASL_SSL => SecurityProtocol.DELEGATED_SASL_SSL,
        BrokerProtocol.SASL_PLAINTEXT => SecurityProtocol.DELEGATED_SASL_PLAINTEXT,
        BrokerProtocol.SSL => SecurityProtocol.SSL,
        _ => SecurityProtocol.PLAINTEXT,
    };
}
