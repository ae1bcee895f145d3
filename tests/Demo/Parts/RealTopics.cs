using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Demo.Parts;

/// <summary>Topics of a real cluster, created where they are missing, with the cluster's own default of replicas.</summary>
internal static class RealTopics
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<string>> EnsureAsync(string bootstrapServers, IReadOnlyDictionary<string, int> topics, CancellationToken cancellation)
    {
        using var admin = new AdminClientBuilder(ClientSettings.For(bootstrapServers)).SetLogHandler(static (_, _) => { }).Build();
        try
        {
            var there = await Task.Run(() => admin.GetMetadata(Limit), cancellation);
            var missing = topics.Where(topic => there.Topics.All(known => known.Topic != topic.Key)).ToArray();
            if (missing.Length > 0)
            {
                await admin.CreateTopicsAsync(missing.Select(topic => new TopicSpecification { Name = topic.Key, NumPartitions = topic.Value, ReplicationFactor = -1 }));
            }

            return [.. missing.Select(topic => topic.Key)];
        }
        catch (KafkaException failure)
        {
            throw new StackException($"The Kafka cluster {bootstrapServers} does not answer as needed: {failure.Error.Reason}", failure);
        }
    }
}
