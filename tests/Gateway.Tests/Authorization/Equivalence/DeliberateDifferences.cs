using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>Where the gateway answers otherwise than a broker, on purpose. All else must be equal.</summary>
internal static class DeliberateDifferences
{
    private const sbyte BrokerResource = 4;
    private const short ClusterAuthorizationFailed = 31;

    /// <summary>API, why, and what becomes of both answers before they are compared.</summary>
    private static readonly (ApiKey Api, string Why, Action<Node> Even)[] Table =
    [
        (ApiKey.DescribeGroups, "a member's host is the gateway's own address towards the broker: it is not shown", a => a.List("groups").ForEach(WithoutHosts)),
        (ApiKey.ConsumerGroupDescribe, "a member's host is the gateway's own address towards the broker: it is not shown", a => a.List("groups").ForEach(WithoutHosts)),
        (ApiKey.ShareGroupDescribe, "a member's host is the gateway's own address towards the broker: it is not shown", a => a.List("groups").ForEach(WithoutHosts)),
        (ApiKey.StreamsGroupDescribe, "a member's host is the gateway's own address towards the broker: it is not shown", a => a.List("groups").ForEach(WithoutHosts)),
        (ApiKey.ConsumerGroupHeartbeat, "a member that the node does not know must join again, before the broker is asked", MustJoinAgain),
        (ApiKey.ShareGroupHeartbeat, "a member that the node does not know must join again, before the broker is asked", MustJoinAgain),
        (ApiKey.ShareFetch, "no leader is told of a topic that may not be read; what else is told depends on how far the broker's share coordinator has come", OnlyDenied),
        (ApiKey.ShareAcknowledge, "no leader is told of a topic that may not be read", a => a.List("responses").ForEach(WithoutLeaderOfDenied)),
        (ApiKey.AlterShareGroupOffsets, "the id of a topic that may not be read is not told", a => a.List("responses").ForEach(WithoutIdOfDenied)),
        (ApiKey.DeleteShareGroupOffsets, "the id of a topic that may not be read is not told", a => a.List("responses").ForEach(WithoutIdOfDenied)),
        (ApiKey.ListConfigResources, "brokers and clients' metrics are the operators'", a => a.Set("configResources", a.List("configResources").Where(r => r.Get<sbyte>("resourceType") is 2 or 32).ToList())),
        (ApiKey.DescribeConfigs, "configurations of brokers tell of machines, which are the operators': nobody may", a => a.List("results").ForEach(r => Refused(r, "configs"))),
        (ApiKey.DescribeConfigs, "brokers' settings among the synonyms, and throttles that name brokers, are the operators'", a => a.List("results").ForEach(WithoutBrokersConfigs)),
        (ApiKey.AlterConfigs, "configurations of brokers are the operators': nobody may", a => a.List("responses").ForEach(r => Refused(r, null))),
        (ApiKey.IncrementalAlterConfigs, "configurations of brokers are the operators': nobody may", a => a.List("responses").ForEach(r => Refused(r, null))),
        (ApiKey.Metadata, "a topic that is not there and may not be created is unknown, not forbidden: the gateway does not know whether its brokers create topics", a => a.List("topics").ForEach(Uncreated)),
        (ApiKey.CreateAcls, "ACLs are the control plane's, which is away in this test: what is allowed times out", a => a.List("results").ForEach(r => Instead(r, 7, 0))),
    ];

    /// <summary>The same for brokers before 4.0.</summary>
    private static readonly (ApiKey Api, string Why, Action<Node> Even)[] OldTable =
    [
        (ApiKey.DescribeGroups, "groups have had configurations, and rights to them, since 4.0", a => a.List("groups").ForEach(WithoutConfigRights)),
        (ApiKey.ConsumerGroupDescribe, "groups have had configurations, and rights to them, since 4.0", a => a.List("groups").ForEach(WithoutConfigRights)),
        (ApiKey.ConsumerGroupDescribe, "topics that may not be described hide a group since 4.0 only", a => a.List("groups").ForEach(HiddenByItsTopics)),
        (ApiKey.ConsumerGroupHeartbeat, "topics that may not be described refuse a heartbeat since 4.0 only", NotRefusedByItsTopics),
        (ApiKey.DeleteTopics, "an id of a topic that may not be described was unknown, and is forbidden since 4.0", a => a.List("responses").ForEach(r => Instead(r, 100, 29))),
        (ApiKey.DeleteTopics, "the name of a topic that may be described and not deleted is told since 4.0", a => a.List("responses").ForEach(WithoutNameOfDeniedId)),
    ];

    /// <param name="ofOldBrokers">They are older than 4.0.</param>
    public static Node? Even(ApiKey api, Node? answer, bool ofOldBrokers)
    {
        if (answer is not null)
        {
            foreach (var (_, _, even) in Table.Concat(ofOldBrokers ? OldTable : []).Where(d => d.Api == api))
            {
                even(answer);
            }
        }

        return answer;
    }

    private static void WithoutConfigRights(Node group)
    {
        const int configs = (1 << (int)Operation.DescribeConfigs) | (1 << (int)Operation.AlterConfigs);
        if (group.Get<int>("authorizedOperations") is var operations and not Access.NotAsked)
        {
            group.Set("authorizedOperations", operations & ~configs);
        }
    }

    private static void WithoutNameOfDeniedId(Node topic)
    {
        if (topic.Get<short>("errorCode") == 29 && topic.Get<Guid>("topicId") != Guid.Empty)
        {
            topic.Set("name", null);
        }
    }

    private static void NotRefusedByItsTopics(Node answer)
    {
        if (answer.Get<short>("errorCode") is 0 or 29 or 42)
        {
            answer.Set("errorCode", (short)110).Set("errorMessage", null).Set("memberId", null).Set("memberEpoch", 0).Set("heartbeatIntervalMs", 0).Set("assignment", null);
        }
    }

    private static void HiddenByItsTopics(Node group)
    {
        if (group.Get<short>("errorCode") is 0 or 29)
        {
            group.Set("errorCode", (short)0).Set("errorMessage", null).Set("groupState", "").Set("groupEpoch", 0).Set("assignmentEpoch", 0).Set("assignorName", "").Set("members", new List<Node>())
                .Set("authorizedOperations", Access.NotAsked);
        }
    }

    private static void WithoutHosts(Node group) => group.List("members").ForEach(m => m.Set("clientHost", ""));

    /// <summary>UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND, FENCED_MEMBER_EPOCH: after each a client joins.</summary>
    private static void MustJoinAgain(Node answer)
    {
        if (answer.Get<short>("errorCode") is 25 or 69 or 110)
        {
            answer.Set("errorCode", (short)110);
        }
    }

    private static void OnlyDenied(Node answer)
    {
        answer.List("responses").ForEach(WithoutLeaderOfDenied);
        answer.List("responses").ForEach(t => t.Set("partitions", t.List("partitions").Where(p => p.Get<short>("errorCode") == 29).ToList()));
        answer.Set("responses", answer.List("responses").Where(t => t.List("partitions").Count > 0).ToList());
    }

    private static void WithoutLeaderOfDenied(Node topic)
    {
        foreach (var partition in topic.List("partitions").Where(p => p.Get<short>("errorCode") == 29))
        {
            partition.Struct("currentLeader")!.Set("leaderId", -1).Set("leaderEpoch", -1);
        }
    }

    private static void WithoutIdOfDenied(Node topic)
    {
        if (topic.Has("errorCode") ? topic.Get<short>("errorCode") == 29 : topic.List("partitions").Exists(p => p.Get<short>("errorCode") == 29))
        {
            topic.Set("topicId", Guid.Empty);
        }
    }

    private static void Refused(Node result, string? content)
    {
        if (result.Get<sbyte>("resourceType") == BrokerResource)
        {
            result.Set("errorCode", ClusterAuthorizationFailed);
            if (content is not null)
            {
                result.Set(content, new List<Node>());
            }
        }
    }

    private static void WithoutBrokersConfigs(Node result)
    {
        result.Set("configs", result.List("configs").Where(c => !c.Text("name")!.EndsWith(".throttled.replicas", StringComparison.Ordinal)).ToList());
        result.List("configs").ForEach(c => c.Set("synonyms", new List<Node>()));
    }

    /// <summary>Of the names that are asked for only to have them created.</summary>
    private static void Uncreated(Node topic)
    {
        if (topic.Text("name")?.Contains("new-", StringComparison.Ordinal) == true)
        {
            Instead(topic, 29, 3);
            Instead(topic, 3, 3, t => t.Set("topicAuthorizedOperations", Access.NotAsked));
        }
    }

    private static void Instead(Node result, short error, short other, Action<Node>? rest = null)
    {
        if (result.Get<short>("errorCode") == error)
        {
            result.Set("errorCode", other);
            rest?.Invoke(result);
        }
    }
}
