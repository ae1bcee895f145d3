using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>One request, to be put to both sides. All that is by chance comes from its number, so that it can be asked again.</summary>
/// <param name="Number">From 0, in its world.</param>
public sealed record Question(World World, int Number, ApiKey Api, short Version, string User)
{
    /// <summary>APIs in the order they are asked in: what reads, what changes, what takes away.</summary>
    private static readonly ApiKey[][] Phases =
    [
        [
            ApiKey.Metadata, ApiKey.DescribeTopicPartitions, ApiKey.ListOffsets, ApiKey.OffsetFetch, ApiKey.FindCoordinator, ApiKey.DescribeGroups, ApiKey.ListGroups,
            ApiKey.OffsetForLeaderEpoch, ApiKey.DescribeAcls, ApiKey.DescribeConfigs, ApiKey.DescribeCluster, ApiKey.DescribeProducers, ApiKey.DescribeTransactions,
            ApiKey.ListTransactions, ApiKey.ConsumerGroupDescribe, ApiKey.Fetch, ApiKey.DescribeShareGroupOffsets, ApiKey.ShareGroupDescribe, ApiKey.StreamsGroupDescribe,
            ApiKey.ListConfigResources,
        ],
        [
            ApiKey.Produce, ApiKey.OffsetCommit, ApiKey.Heartbeat, ApiKey.SyncGroup, ApiKey.LeaveGroup, ApiKey.JoinGroup, ApiKey.ConsumerGroupHeartbeat, ApiKey.CreatePartitions,
            ApiKey.AlterConfigs, ApiKey.IncrementalAlterConfigs, ApiKey.AddPartitionsToTxn, ApiKey.AddOffsetsToTxn, ApiKey.TxnOffsetCommit, ApiKey.CreateTopics,
            ApiKey.ShareGroupHeartbeat, ApiKey.StreamsGroupHeartbeat, ApiKey.ShareFetch, ApiKey.ShareAcknowledge, ApiKey.StreamsGroupTopologyDescriptionUpdate,
        ],
        [
            ApiKey.AlterShareGroupOffsets, ApiKey.DeleteShareGroupOffsets, ApiKey.EndTxn, ApiKey.InitProducerId, ApiKey.DeleteAcls, ApiKey.CreateAcls, ApiKey.DeleteRecords, ApiKey.OffsetDelete, ApiKey.DeleteGroups, ApiKey.DeleteTopics,
        ],
    ];

    /// <summary>Asked again, it may be answered otherwise only because both sides get to know of topics and groups with delay.</summary>
    public bool MayBeAskedAgain => Phases[0].Contains(Api) || Api == ApiKey.DeleteTopics;

    /// <summary>APIs that the oracle asks.</summary>
    public static IEnumerable<ApiKey> Apis => Phases.SelectMany(p => p);

    /// <summary>Of each API the oldest, the newest and one more version, as the one user, and now and then as the other.</summary>
    public static IEnumerable<Question> Of(World world, IReadOnlyDictionary<ApiKey, VersionRange> offered, int repeats)
    {
        var random = new Random(world.Seed);
        var number = 0;
        foreach (var api in Apis.Where(offered.ContainsKey))
        {
            var versions = offered[api];
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                foreach (var version in new[] { versions.From, versions.To, (short)random.Next(versions.From, versions.To + 1) }.Distinct())
                {
                    yield return new Question(world, number++, api, version, random.Next(4) == 0 ? "bob" : "alice");
                }
            }
        }

        // What was made and taken away by all of it is the same, too.
        foreach (var api in new[] { ApiKey.Metadata, ApiKey.ListGroups, ApiKey.ListTransactions })
        {
            yield return new Question(world, number++, api, offered[api].To, Side.SuperUser);
        }
    }

    /// <summary>The request in a side's ids; everything else is the same for both.</summary>
    public Node For(Side side) => new Requests(this, side, new Random((World.Seed * 10_000) + Number)).Make();

    public override string ToString() => $"question {Number} as {User}: {Api} {Version}";
}
