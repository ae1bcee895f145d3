using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>What the sink says: as a broker with node id 1 that has all topics, all rights and no error.</summary>
/// <param name="port">Of the sink.</param>
/// <param name="fetchBytes">Of record batches in an answer to Fetch.</param>
internal sealed class SinkAnswers(int port, int fetchBytes)
{
    public const int NodeId = 1;

    /// <summary>Batches in an answer to Fetch: a tenth of the answer each, as large producers make them.</summary>
    private const int FetchedBatches = 10;

    private readonly byte[] _fetched = [.. Enumerable.Range(0, FetchedBatches).SelectMany(i => RecordBatch.Of(fetchBytes / FetchedBatches, 1, i))];

    /// <exception cref="NotSupportedException">Nobody is expected to ask that.</exception>
    public Node To(ApiKey api, Node request)
    {
        var answer = Node.Of(Definitions.Apis[api].Response);
        return api switch
        {
            ApiKey.ApiVersions => Versions(answer),
            ApiKey.Metadata => Metadata(request, answer),
            ApiKey.InitProducerId => answer.Set("producerId", 1L).Set("producerEpoch", (short)0),
            ApiKey.Produce => Produced(request, answer),
            ApiKey.Fetch => Fetched(request, answer),
            _ => throw new NotSupportedException($"The sink does not answer {api}."),
        };
    }

    private static Node Versions(Node answer)
    {
        foreach (var (key, api) in Definitions.Apis.OrderBy(a => a.Key))
        {
            var highest = (short)(api.Request.Versions.To - (api.Request.LatestUnstable ? 1 : 0));
            answer.List("apiKeys").Add(answer.NewChild("apiKeys").Set("apiKey", (short)key).Set("minVersion", api.Request.Versions.From).Set("maxVersion", highest));
        }

        return answer;
    }

    private Node Metadata(Node request, Node answer)
    {
        answer.List("brokers").Add(answer.NewChild("brokers").Set("nodeId", NodeId).Set("host", "127.0.0.1").Set("port", port));
        answer.Set("clusterId", "sink").Set("controllerId", NodeId);
        foreach (var (name, id) in SinkTopics.Ids)
        {
            if (request.IsNull("topics") || request.List("topics").Any(t => t.Text("name") == name || t.Get<Guid>("topicId") == id))
            {
                answer.List("topics").Add(Topic(answer.NewChild("topics").Set("name", name).Set("topicId", id)));
            }
        }

        return answer;
    }

    private static Node Topic(Node topic)
    {
        topic.List("partitions").Add(
            topic.NewChild("partitions").Set("leaderId", NodeId).Set("leaderEpoch", 0).Set("replicaNodes", new List<object?> { NodeId }).Set("isrNodes", new List<object?> { NodeId }));
        return topic;
    }

    private static Node Produced(Node request, Node answer) =>
        Each(request, "topicData", "partitionData", "index", answer, "partitionResponses", "index", partition => partition.Set("logStartOffset", 0L));

    private Node Fetched(Node request, Node answer) =>
        Each(request, "topics", "partitions", "partition", answer, "partitions", "partitionIndex", partition =>
            partition.Set("highWatermark", (long)FetchedBatches).Set("lastStableOffset", (long)FetchedBatches).Set("logStartOffset", 0L).Set("records", _fetched));

    /// <summary>Mirrors topics and partitions of a request.</summary>
    private static Node Each(Node request, string topics, string partitions, string index, Node answer, string answered, string answeredIndex, Action<Node> fill)
    {
        foreach (var topic in request.List(topics))
        {
            var response = answer.NewChild("responses").Set("topicId", topic.Get<Guid>("topicId"));
            var name = response.Has("name") ? "name" : "topic";
            response.Set(name, topic.Text(name));
            foreach (var partition in topic.List(partitions))
            {
                var result = response.NewChild(answered).Set(answeredIndex, partition.Get<int>(index));
                fill(result);
                response.List(answered).Add(result);
            }

            answer.List("responses").Add(response);
        }

        return answer;
    }
}
