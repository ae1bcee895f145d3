using System.ComponentModel;
using GraphQL;
using Marten;
using PartnerPlatform.Platform.Nodes;
using PartnerPlatform.Platform.PhysicalClusters;

namespace PartnerPlatform.Platform.PartnerZones;

[GraphQLMetadata(Name = "Connect")]
[Description("What a client of the zone needs to know to connect.")]
public sealed record Connect(
    [property: Description("host:port of the gateway nodes, for bootstrap.servers; empty while no node has said where it is.")] IReadOnlyList<string> BootstrapServers,
    [property: Description("Kafka's security.protocol: SASL_PLAINTEXT or SASL_SSL; null while no node has said so.")] string? SecurityProtocol,
    [property: Description("OAuth token endpoint, for client credentials.")] string TokenEndpoint);

/// <summary>Addresses for the clients of a virtual cluster: each node's port of one of the cluster's brokers.</summary>
public sealed class Addresses(IDocumentStore store, string tokenEndpoint)
{
    public async Task<Connect> Of(string physicalCluster, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var cluster = await session.Query<PhysicalCluster>().FirstOrDefaultAsync(c => c.Name == physicalCluster, ct);
        var nodes = await session.Query<Node>().Where(n => !n.Removed).OrderBy(n => n.Name).Take(100).ToListAsync(ct);
        var endpoints = nodes.Select(n => n.Endpoint).OfType<Contracts.Facts.NodeEndpoint>().ToList();
        return new Connect(
            [.. endpoints.SelectMany(e => (cluster?.Slots ?? []).OrderBy(s => s.Slot).Where(s => s.Slot < e.PortCount).Take(1).Select(s => $"{e.AdvertisedHost}:{e.PortStart + s.Slot}"))],
            endpoints.Select(e => e.SecurityProtocol).FirstOrDefault(p => p is not null),
            tokenEndpoint);
    }
}
