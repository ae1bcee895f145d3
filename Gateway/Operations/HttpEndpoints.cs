using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Listeners;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Operations;

/// <summary>The node's HTTP port: health and metrics, nothing that acts.</summary>
public static class HttpEndpoints
{
    public static void MapOperations(this WebApplication app)
    {
        // Its gauges are there before the first client is.
        app.Services.GetRequiredService<GatewayMetrics>();
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", (FeedStatus feed, ModelStore model, ClusterDirectory clusters, RegisteredClusters registered, ConnectionRegistry connections, StateWriter state, Draining draining, GatewayOptions options, TimeProvider time) =>
        {
            // One cluster of several that is away, or not registered yet, must not take the others from clients: only main decides.
            var reachable = clusters.All.All(c => c.State.Reachable);
            var main = clusters.Find(KafkaClusterOptions.Main)!.State;
            var slots = main.Brokers.Keys.Any(b => model.Slots.Find(new PhysicalBroker(main.Name, b)) is not null);
            var ready = feed.Cursor is not null && slots && feed.Barrier is null && !draining.IsSet;
            return Results.Json(
                new
                {
                    ready,
                    draining = draining.IsSet,
                    feed = new { number = feed.Number, lastContactSeconds = feed.LastContact is { } last ? (double?)(time.GetUtcNow() - last).TotalSeconds : null, problem = feed.Problem, noNewLogins = feed.Barrier },
                    stateFile = new { problem = state.Problem },
                    kafka = clusters.All.Select(c => new { cluster = c.State.Name, role = c.Options.Role.ToString().ToLowerInvariant(), security = c.Options.Security, problem = c.Problem, reachable = c.State.Reachable, brokers = c.State.Brokers.Count, topics = c.State.Topics.Count }),
                    allReachable = reachable,
                    connectionsNotUsed = registered.Problems,
                    brokersBeyondPorts = clusters.All.SelectMany(c => c.State.Brokers.Keys.Select(b => new PhysicalBroker(c.State.Name, b)))
                        .Where(b => model.Slots.Find(b) is { } slot && slot.Value >= options.PortCount).Select(b => $"{b.Cluster}/{b.BrokerId}"),
                    connections = connections.Count,
                },
                statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });

        app.MapPrometheusScrapingEndpoint("/metrics");
    }
}
