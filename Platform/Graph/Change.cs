using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.Sessions;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Graph;

[GraphQLMetadata(Name = "Change")]
[Description("What a mutation did.")]
public sealed class Change(Outcome outcome, EnforcementState? awaited)
{
    [Id]
    [Description("Id of the change; correlation id of its events.")]
    public string Id => outcome.ChangeId;

    [Description("Version of the changed thing afterwards.")]
    public long Version => outcome.Version;

    [Description("Number of the change in the feed; 0 when nothing changed.")]
    public long FeedNumber => outcome.FeedNumber;

    [Description("True when this is the answer of an earlier command with the same idempotency key.")]
    public bool Replayed => outcome.Replayed;

    [Description("How far the change has got on the gateway nodes; null when they have nothing to enforce.")]
    public async Task<EnforcementView?> Enforcement([FromServices] Enforcement enforcement, IResolveFieldContext context) =>
        !outcome.ForGateways || outcome.FeedNumber == 0
            ? null
            : new EnforcementView(awaited ?? await enforcement.Now(outcome.FeedNumber, context.CancellationToken));

    [Description("Whom it touches, in a dry run whom it would touch: live sessions of the account, or of the virtual cluster; null when it touches no sessions.")]
    public async Task<SessionCount?> Effect([FromServices] LiveSessions sessions, IResolveFieldContext context)
    {
        SessionSelection? touched = outcome.Thing switch
        {
            ServiceAccount account => new(account.VirtualCluster, account.Name, null),
            Alias alias => new(alias.VirtualCluster, null, null),
            PartnerZone zone => new(zone.VirtualCluster, null, null),
            VirtualCluster cluster => new(cluster.Name, null, null),
            _ => null,
        };
        return touched is null ? null : await sessions.Count(context.User!.ToCaller(), touched, context.CancellationToken);
    }
}

[GraphQLMetadata(Name = "Enforcement")]
[Description("How far a change has got on the gateway nodes.")]
public sealed class EnforcementView(EnforcementState state)
{
    [Description("Nodes that were registered when the change was accepted.")]
    public int Nodes => state.Nodes;

    [Description("Nodes that have applied it.")]
    public int Applied => state.Applied;

    [Description("Milliseconds from the commit to the last node's acknowledgement; null until all have.")]
    public double? SlowestMs => state.SlowestMs;

    [Description("Names of nodes that have not applied it and cannot be reached.")]
    public IReadOnlyList<string> OutOfReach => state.OutOfReach;
}
