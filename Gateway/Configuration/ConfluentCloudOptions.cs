
namespace PartnerPlatform.Gateway.Configuration;

/// <summary>Where the owners of Confluent Cloud API keys are asked for, so that delegated PLAIN logins are known by service account and not by key.</summary>
public sealed record ConfluentCloudOptions(
    [Setting("GATEWAY_CONFLUENT_CLOUD_URL", "where the owners of API keys are asked for", Default = "https://api.confluent.cloud", Example = "https://confluent-proxy.example.com")]
    Uri Url,
    [Setting("GATEWAY_CONFLUENT_CLOUD_API_KEY", "a Cloud API key that may read API keys: delegated PLAIN logins by API keys are known by the keys' owners (`sa-...`)", Otherwise = "none", Example = "ABCDEFGHIJKLMNOP")]
    string ApiKey,
    [Setting("GATEWAY_CONFLUENT_CLOUD_API_SECRET", "its secret", Otherwise = "required with the key", HasFile = true, Example = "/run/secrets/confluent-cloud")]
    Secret ApiSecret,
    [Setting("GATEWAY_CONFLUENT_CLOUD_CACHE", "how long an owner is believed", Default = "300", Unit = "s", Example = "60")]
    TimeSpan CacheTime)
{
    private const string Address = "GATEWAY_CONFLUENT_CLOUD_URL";
    private const string Key = "GATEWAY_CONFLUENT_CLOUD_API_KEY";

    /// <returns>Null: nobody is asked, API keys are the principals.</returns>
    public static ConfluentCloudOptions? Read(SettingsReader settings, SecurityProtocol protocol)
    {
        if (settings.Optional(Key) is not { } key)
        {
            return null;
        }

        settings.Require(protocol.IsDelegated(), Key, $"is set, but GATEWAY_SECURITY_PROTOCOL is {protocol}: only delegated logins have API keys");
        return new ConfluentCloudOptions(
            settings.SecureUrlOf(Address, settings.Optional(Address) ?? "https://api.confluent.cloud"),
            key,
            new Secret(settings.Secret("GATEWAY_CONFLUENT_CLOUD_API_SECRET", "the secret of the API key")),
            settings.Seconds("GATEWAY_CONFLUENT_CLOUD_CACHE", 300, 1, 86_400));
    }
}
