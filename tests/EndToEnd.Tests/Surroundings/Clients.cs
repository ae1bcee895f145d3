using Confluent.Kafka;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>Ordinary clients (librdkafka) of a partner.</summary>
public static class Clients
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static T Configure<T>(T config, string bootstrap, Login login)
        where T : ClientConfig
    {
        config.BootstrapServers = bootstrap;
        config.SecurityProtocol = SecurityProtocol.SaslPlaintext;
        if (login.TokenEndpoint is { } endpoint)
        {
            config.SaslMechanism = SaslMechanism.OAuthBearer;
            config.SaslOauthbearerMethod = SaslOauthbearerMethod.Oidc;
            config.SaslOauthbearerTokenEndpointUrl = endpoint.AbsoluteUri;
            config.SaslOauthbearerClientId = login.Username;
            config.SaslOauthbearerClientSecret = login.Password;
        }
        else
        {
            config.SaslMechanism = SaslMechanism.Plain;
            config.SaslUsername = login.Username;
            config.SaslPassword = login.Password;
        }

        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 300;
        config.TopicMetadataRefreshIntervalMs = 1000;
        config.AllowAutoCreateTopics = false;
        return config;
    }

    public static async Task<Metadata> LookAsync(string bootstrap, Login login)
    {
        using var client = new AdminClientBuilder(Configure(new AdminClientConfig(), bootstrap, login)).SetLogHandler(static (_, _) => { }).Build();
        return await Task.Run(() => client.GetMetadata(Patience));
    }

    public static async Task<IReadOnlyList<string>> TopicsAsync(string bootstrap, Login login) =>
        [.. (await LookAsync(bootstrap, login)).Topics.Select(topic => topic.Topic).Order(StringComparer.Ordinal)];

    /// <exception cref="ProduceException{TKey, TValue}">The record was refused.</exception>
    public static async Task WriteAsync(string bootstrap, Login login, string topic, string value)
    {
        var config = Configure(new ProducerConfig { MessageTimeoutMs = 10_000, Acks = Acks.All }, bootstrap, login);
        using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler(static (_, _) => { }).Build();
        await producer.ProduceAsync(topic, new Message<Null, string> { Value = value });
    }

    /// <summary>Reads one record of a topic, as the member of a new group: in one that was left, the embedded Kafka keeps newcomers waiting.</summary>
    public static async Task<string> ReadOneAsync(string bootstrap, Login login, string topic)
    {
        await using var reader = new RunningReader(bootstrap, login, topic, group: $"readers-{Guid.NewGuid():n}");
        await reader.MoreAsync(Patience);
        return reader.Last;
    }
}
