using Confluent.Kafka;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Demo.Seeding;

/// <summary>The demo is ready when an ordinary client, logged in as the partner, sees its topics through a gateway node and no other.</summary>
internal static class FirstLook
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task SeesAsync(string node, PartnerLogin login, IEnumerable<string> topics, CancellationToken cancellation)
    {
        var expected = string.Join(", ", topics.Order(StringComparer.Ordinal));
        var config = new AdminClientConfig
        {
            BootstrapServers = node,
            SecurityProtocol = SecurityProtocol.SaslPlaintext,
            SaslMechanism = SaslMechanism.Plain,
            SaslUsername = login.Username,
            SaslPassword = login.Password,
            // A node that is not there yet is asked again soon.
            ReconnectBackoffMaxMs = 200,
        };
        using var client = new AdminClientBuilder(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        var start = TimeProvider.System.GetTimestamp();
        var seen = "nothing";
        while (seen != expected)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new StackException($"A client of {login.Partner} sees {seen} through {node}, not {expected}; see the logs of the gateways in {Path.Combine(".run", "logs")}.");
            }

            seen = await Task.Run(() => Look(client), cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
        }
    }

    private static string Look(IAdminClient client)
    {
        try
        {
            return string.Join(", ", client.GetMetadata(TimeSpan.FromSeconds(5)).Topics.Select(topic => topic.Topic).Order(StringComparer.Ordinal));
        }
        catch (KafkaException failure)
        {
            return $"an error ({failure.Error.Reason})";
        }
    }
}
