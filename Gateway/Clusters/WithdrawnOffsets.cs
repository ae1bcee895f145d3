using System.Collections.Concurrent;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Operations;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Routing;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Clusters;

/// <summary>
/// Deletes what a tenant's groups committed for a topic that was withdrawn from it, so that it does not live on should the topic be shared again. Brokers keep what a group still
/// subscribes to: that is tried again until its members have noticed. Every node does so, one after the other: the second finds nothing left.
/// </summary>
public sealed partial class WithdrawnOffsets : BackgroundService
{
    private const int GroupsInOneRequest = 100;

    /// <summary>OffsetFetch that takes several groups, and topics by name.</summary>
    private const short ManyGroups = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NodesApart = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    /// <summary>After which what is still subscribed to is left alone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    private readonly ClusterDirectory _clusters;
    private readonly NodeDirectory _nodes;
    private readonly TimeProvider _time;
    private readonly ILogger<WithdrawnOffsets> _logger;
    private readonly Doorbell _doorbell = new();
    private readonly ConcurrentDictionary<Withdrawn, long> _pending = new();

    public WithdrawnOffsets(ModelStore model, ClusterDirectory clusters, NodeDirectory nodes, TimeProvider time, ILogger<WithdrawnOffsets> logger)
    {
        (_clusters, _nodes, _time, _logger) = (clusters, nodes, time, logger);
        model.VirtualClusterChanged += Note;
    }

    public override void Dispose()
    {
        _doorbell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _doorbell.WaitAsync(_pending.IsEmpty ? Timeout.InfiniteTimeSpan : Interval, stoppingToken);
            await Task.Delay(NodesApart * _nodes.Rank, _time, stoppingToken);
            foreach (var tenant in _pending.Keys.Where(IsDue).GroupBy(w => w.Tenant).ToList())
            {
                await DeleteAsync(tenant.Key, [.. tenant.Select(w => w.Topic)], stoppingToken);
            }
        }
    }

    private void Note(VirtualClusterHandle handle, VirtualCluster? before)
    {
        if (before is null || handle.Current is not { } now || now.PhysicalCluster != before.PhysicalCluster)
        {
            return;
        }

        // A standard cluster's own topic stays, also without an alias.
        var withdrawn = before.AliasesByTopic.Values.Where(a => now.AliasesByTopic.Find(a.PhysicalTopicUtf8) is null)
            .Where(a => now.Kind != VirtualClusterKind.Standard || !a.PhysicalTopic.StartsWith(now.Prefix, StringComparison.Ordinal)).ToList();
        withdrawn.ForEach(a => _pending[new Withdrawn(handle, a.PhysicalTopic)] = _time.GetTimestamp());
        if (withdrawn.Count > 0)
        {
            _doorbell.Ring();
        }
    }

    /// <summary>False: it was shared again, or waited for too long, and is forgotten.</summary>
    private bool IsDue(Withdrawn withdrawn)
    {
        if (withdrawn.Tenant.Current is { } cluster && !cluster.Aliases.Values.Any(a => a.PhysicalTopic == withdrawn.Topic) && _time.GetElapsedTime(_pending[withdrawn]) < Patience)
        {
            return true;
        }

        _pending.TryRemove(withdrawn, out _);
        return false;
    }

    private async Task DeleteAsync(VirtualClusterHandle tenant, IReadOnlyList<string> topics, CancellationToken stopping)
    {
        if (tenant.Current is not { } cluster || _clusters.Find(cluster.PhysicalCluster) is not { State.Reachable: true } watcher)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(AskTimeout);
        try
        {
            var (deleted, kept) = (0, 0);
            foreach (var broker in watcher.State.Brokers.Values)
            {
                await using var connection = await watcher.Access.OpenOwnAsync(broker.Host, broker.Port, limit.Token);
                var groups = await GroupsAsync(connection, cluster.Prefix, limit.Token);
                foreach (var some in groups.Where(g => !g.IsShare).Select(g => g.Name).Chunk(GroupsInOneRequest))
                {
                    foreach (var group in await CommittedAsync(connection, some, topics, limit.Token))
                    {
                        (deleted, kept) = await OffsetDeleteAsync(connection, group, limit.Token) ? (deleted + 1, kept) : (deleted, kept + 1);
                    }
                }

                foreach (var some in groups.Where(g => g.IsShare).Select(g => g.Name).Chunk(GroupsInOneRequest))
                {
                    foreach (var group in await SharedAsync(connection, some, topics, limit.Token))
                    {
                        (deleted, kept) = await DeleteShareGroupOffsetsAsync(connection, group, limit.Token) ? (deleted + 1, kept) : (deleted, kept + 1);
                    }
                }
            }

            if (deleted > 0)
            {
                LogDeleted(deleted, cluster.Name, string.Join(", ", topics));
            }

            if (kept == 0)
            {
                topics.ToList().ForEach(t => _pending.TryRemove(new Withdrawn(tenant, t), out _));
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Whatever a broker answers: it is asked again.
            LogNotDeleted(cluster.Name, e is OperationCanceledException ? $"no answer within {AskTimeout.TotalSeconds:0} s" : e.Message);
        }
    }

    /// <summary>Groups that a broker coordinates.</summary>
    private static async Task<List<(string Name, bool IsShare)>> GroupsAsync(BrokerConnection connection, string prefix, CancellationToken cancellationToken)
    {
        var answer = await connection.AskAsync(ApiKey.ListGroups, connection.VersionFor(ApiKey.ListGroups), Node.Of(Definitions.Apis[ApiKey.ListGroups].Request), cancellationToken);
        Check(answer.Get<short>("errorCode"), "ListGroups");
        return answer.List("groups").Select(g => (Name: g.Text("groupId")!, IsShare: string.Equals(g.Text("groupType"), "share", StringComparison.OrdinalIgnoreCase)))
            .Where(g => g.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
    }

    /// <summary>What is to be deleted, as requests.</summary>
    private static async Task<List<Node>> CommittedAsync(BrokerConnection connection, IReadOnlyList<string> groups, IReadOnlyList<string> topics, CancellationToken cancellationToken)
    {
        var request = Node.Of(Definitions.Apis[ApiKey.OffsetFetch].Request);
        request.Set("groups", groups.Select(g => request.NewChild("groups").Set("groupId", g).Set("topics", null)).ToList());
        var answer = await connection.AskAsync(ApiKey.OffsetFetch, ManyGroups, request, cancellationToken);
        var deletions = new List<Node>();
        foreach (var group in answer.List("groups"))
        {
            Check(group.Get<short>("errorCode"), "OffsetFetch");
            var deletion = Node.Of(Definitions.Apis[ApiKey.OffsetDelete].Request).Set("groupId", group.Text("groupId"));
            foreach (var topic in group.List("topics").Where(t => topics.Contains(t.Text("name")!)))
            {
                var deleted = deletion.NewChild("topics").Set("name", topic.Text("name"));
                deleted.Set("partitions", topic.List("partitions").Select(p => deleted.NewChild("partitions").Set("partitionIndex", p.Get<int>("partitionIndex"))).ToList());
                deletion.List("topics").Add(deleted);
            }

            if (deletion.List("topics").Count > 0)
            {
                deletions.Add(deletion);
            }
        }

        return deletions;
    }

    /// <summary>False: a member still subscribes.</summary>
    private static async Task<bool> OffsetDeleteAsync(BrokerConnection connection, Node request, CancellationToken cancellationToken)
    {
        var answer = await connection.AskAsync(ApiKey.OffsetDelete, 0, request, cancellationToken);
        var errors = answer.List("topics").SelectMany(t => t.List("partitions")).Select(p => p.Get<short>("errorCode")).Append(answer.Get<short>("errorCode")).Where(e => e != 0).ToList();
        errors.Where(e => e != (short)ErrorCode.GroupSubscribedToTopic).ToList().ForEach(e => Check(e, "OffsetDelete"));
        return errors.Count == 0;
    }

    /// <summary>What is to be deleted of share groups, as requests.</summary>
    private static async Task<List<Node>> SharedAsync(BrokerConnection connection, IReadOnlyList<string> groups, IReadOnlyList<string> topics, CancellationToken cancellationToken)
    {
        var request = Node.Of(Definitions.Apis[ApiKey.DescribeShareGroupOffsets].Request);
        request.Set("groups", groups.Select(g => request.NewChild("groups").Set("groupId", g).Set("topics", null)).ToList());
        var answer = await connection.AskAsync(ApiKey.DescribeShareGroupOffsets, 0, request, cancellationToken);
        var deletions = new List<Node>();
        foreach (var group in answer.List("groups"))
        {
            Check(group.Get<short>("errorCode"), "DescribeShareGroupOffsets");
            var deletion = Node.Of(Definitions.Apis[ApiKey.DeleteShareGroupOffsets].Request).Set("groupId", group.Text("groupId"));
            deletion.Set("topics", group.List("topics").Select(t => t.Text("topicName")!).Where(topics.Contains).Select(t => deletion.NewChild("topics").Set("topicName", t)).ToList());
            if (deletion.List("topics").Count > 0)
            {
                deletions.Add(deletion);
            }
        }

        return deletions;
    }

    /// <summary>False: the group has members.</summary>
    private static async Task<bool> DeleteShareGroupOffsetsAsync(BrokerConnection connection, Node request, CancellationToken cancellationToken)
    {
        var answer = await connection.AskAsync(ApiKey.DeleteShareGroupOffsets, 0, request, cancellationToken);
        var error = answer.Get<short>("errorCode");
        if (error == (short)ErrorCode.NonEmptyGroup)
        {
            return false;
        }

        Check(error, "DeleteShareGroupOffsets");
        return true;
    }

    private static void Check(short error, string api)
    {
        if (error != 0)
        {
            throw new IOException($"{api}: error {error}");
        }
    }

    [LoggerMessage(LogLevel.Information, "Deleted what {Groups} groups of {VirtualCluster} had committed for topics withdrawn from it: {Topics}")]
    private partial void LogDeleted(int groups, string virtualCluster, string topics);

    [LoggerMessage(LogLevel.Warning, "What groups of {VirtualCluster} have committed for withdrawn topics is not deleted yet: {Reason}")]
    private partial void LogNotDeleted(string virtualCluster, string reason);

    private sealed record Withdrawn(VirtualClusterHandle Tenant, string Topic);
}
