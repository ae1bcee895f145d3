using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// Topics of a share request that the broker is not asked for. Brokers fail a whole ShareFetch over one topic id that they do not know (seen with 4.3.1 and
/// 4.4.0), so decoys (docs/decisions/0030) would not do: the denied ones are taken out, and their errors put into the answer.
/// </summary>
public sealed class WithheldTopics
{
    private readonly List<(Decoy Decoy, List<int> Partitions)> _topics = [];

    /// <summary>Whether an API needs this in the place of decoys.</summary>
    public static bool Concerns(ApiKey api) => api is ApiKey.ShareFetch or ApiKey.ShareAcknowledge;

    /// <summary>Whether one of them may become known a moment later.</summary>
    public bool AreUnknown => _topics.Exists(t => t.Decoy.Error == ErrorCode.UnknownTopicId);

    /// <summary>Takes the decoys out of a request whose topic ids are the broker's already.</summary>
    public static WithheldTopics TakeFrom(Node request, Exchange exchange)
    {
        var withheld = new WithheldTopics();
        foreach (var topic in request.List("topics"))
        {
            if (exchange.FindDecoy(topic.Get<Guid>("topicId")) is { } decoy)
            {
                withheld._topics.Add((decoy, topic.List("partitions").ConvertAll(p => p.Get<int>("partitionIndex"))));
            }
        }

        foreach (var list in new[] { "topics", "forgottenTopicsData" }.Where(request.Has))
        {
            request.Set(list, request.List(list).Where(t => exchange.FindDecoy(t.Get<Guid>("topicId")) is null).ToList());
        }

        return withheld;
    }

    /// <summary>Puts their errors into an answer, unless it is an error as a whole.</summary>
    public void PutInto(Node answer)
    {
        if (answer.Get<short>("errorCode") != (short)ErrorCode.None)
        {
            return;
        }

        foreach (var (decoy, partitions) in _topics)
        {
            var topic = answer.NewChild("responses").Set("topicId", decoy.Id);
            foreach (var index in partitions)
            {
                var partition = topic.NewChild("partitions").Set("partitionIndex", index).Set("errorCode", (short)decoy.Error);
                partition.Struct("currentLeader")!.Set("leaderId", -1).Set("leaderEpoch", -1);
                topic.List("partitions").Add(partition);
            }

            answer.List("responses").Add(topic);
        }
    }
}
