namespace PartnerPlatform.Gateway.Configuration;

/// <summary>Where the owners of Confluent Cloud API keys are asked for, so that delegated PLAIN logins are known by service account and not by key.</summary>
/// <param name="Url">GATEWAY_CONFLUENT_CLOUD_URL, default <c>https://api.confluent.cloud</c>.</param>
/// <param name="ApiKey">GATEWAY_CONFLUENT_CLOUD_API_KEY: a Cloud API key that may read API keys.</param>
/// <param name="ApiSecret">GATEWAY_CONFLUENT_CLOUD_API_SECRET, or the file named by GATEWAY_CONFLUENT_CLOUD_API_SECRET_FILE.</param>
/// <param name="CacheTime">GATEWAY_CONFLUENT_CLOUD_CACHE in seconds, default 300: how long an owner is believed.</param>
public sealed record ConfluentCloudOptions(Uri Url, string ApiKey, Secret ApiSecret, TimeSpan CacheTime)
{
    private const string Key = "GATEWAY_CONFLUENT_CLOUD_API_KEY";

    /// <returns>Null: nobody is asked, API keys are the principals.</returns>
    /// <exception cref="InvalidSettingException">A setting is missing, wrong, or contradicts another.</exception>
    public static ConfluentCloudOptions? Read(SettingsReader settings, SecurityProtocol protocol)
    {
        if (settings.Optional(Key) is not { } key)
        {
            return null;
        }

        if (!protocol.IsDelegated())
        {
            throw new InvalidSettingException($"{Key} is set, but GATEWAY_SECURITY_PROTOCOL is {protocol}: only delegated logins have API keys.");
        }

        var url = settings.Optional("GATEWAY_CONFLUENT_CLOUD_URL") is null ? new Uri("https://api.confluent.cloud") : settings.Url("GATEWAY_CONFLUENT_CLOUD_URL", "where API keys are asked for");
        return url.Scheme == Uri.UriSchemeHttps || url.IsLoopback
            ? new ConfluentCloudOptions(url, key, new Secret(settings.Secret("GATEWAY_CONFLUENT_CLOUD_API_SECRET", "the secret of the API key")), settings.Seconds("GATEWAY_CONFLUENT_CLOUD_CACHE", 300, 1, 86_400))
            : throw new InvalidSettingException($"GATEWAY_CONFLUENT_CLOUD_URL is '{url}': https is needed (http is for loopback only).");
    }
}
