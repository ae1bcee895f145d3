using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Protocol;

namespace PartnerPlatform.Benchmarks.Walking;

/// <summary>Frames of one message in its newest version, as Kafka's own serializers wrote them.</summary>
internal sealed class WalkedMessage
{
    /// <summary>Of each message and version.</summary>
    public const int Frames = 4;

    private static readonly ApiKey[] Apis =
    [
        ApiKey.Produce, ApiKey.Fetch, ApiKey.ShareFetch, ApiKey.ListOffsets, ApiKey.Metadata, ApiKey.InitProducerId, ApiKey.AddPartitionsToTxn, ApiKey.TxnOffsetCommit, ApiKey.FindCoordinator,
        ApiKey.JoinGroup, ApiKey.SyncGroup, ApiKey.Heartbeat, ApiKey.ConsumerGroupHeartbeat, ApiKey.OffsetCommit, ApiKey.OffsetFetch,
    ];

    private readonly string _name;

    private WalkedMessage(List<KafkaFrame> frames)
    {
        _name = frames[0].ToString();
        Table = frames[0].Table;
        Bodies = frames.Count == Frames ? [.. frames.Select(f => f.Body)] : throw new InvalidOperationException($"{_name}: {frames.Count} frames.");
    }

    /// <summary>Requests and answers of what clients do all the time.</summary>
    public static IEnumerable<WalkedMessage> All() =>
        from api in Apis
        from kind in new[] { "request", "response" }
        let frames = KafkaFrame.All.Where(f => f.Key == (short)api && f.Kind == kind).ToList()
        select new WalkedMessage([.. frames.Where(f => f.Version == frames.Max(m => m.Version))]);

    public MessageTable Table { get; }

    public byte[][] Bodies { get; }

    public double MeanBytes => Bodies.Average(b => b.Length);

    public override string ToString() => $"{_name}, {MeanBytes:0} bytes";
}
