using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Benchmarks.Scale;

/// <summary>What the feed says of many virtual clusters, of 10 aliases and 100 ACL bindings each.</summary>
internal static class ManyTenants
{
    public const int Aliases = 10;
    public const int Bindings = 100;

    public static IEnumerable<(string Kind, string Id, object Document)> Of(int clusters)
    {
        for (var tenant = 0; tenant < clusters; tenant++)
        {
            yield return (FeedKinds.VirtualCluster, $"{tenant}", new VirtualClusterDocument($"{tenant}", $"tenant-{tenant}", VirtualClusterKind.Partner, "main", true, [], false));
            yield return (FeedKinds.ServiceAccount, $"{tenant}", new ServiceAccountDocument($"{tenant}", $"{tenant}", "app-0", ServiceAccountKind.Local, false, 0, []));
            for (var alias = 0; alias < Aliases; alias++)
            {
                yield return AliasOf(tenant, alias, $"physical-{alias}");
            }

            yield return (FeedKinds.AccessControl, $"{tenant}", new AccessControlDocument($"{tenant}", [.. Enumerable.Range(0, Bindings).Select(b =>
                new AclBinding("TOPIC", $"topic-{b % Aliases}", "LITERAL", $"User:app-{b / Aliases}", "*", "READ", "ALLOW"))]));
        }
    }

    /// <summary>One change: an alias of any of them leads elsewhere.</summary>
    public static (string Kind, string Id, object Document) Change(int clusters, int number) => AliasOf(Random.Shared.Next(clusters), 0, $"moved-{number}");

    private static (string Kind, string Id, object Document) AliasOf(int tenant, int alias, string topic) =>
        (FeedKinds.Alias, $"{tenant}-{alias}", new AliasDocument($"{tenant}-{alias}", $"{tenant}", $"topic-{alias}", "main", topic, SharePermission.ReadWrite));
}
