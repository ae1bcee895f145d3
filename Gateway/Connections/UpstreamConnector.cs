using System.Net.Sockets;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>A connection to a broker, for one client connection.</summary>
/// <param name="Channel">The bytes.</param>
/// <param name="Broker">Who is there.</param>
/// <param name="StandsInFor">
/// The broker that the client meant, when another was taken because it is not there: clients bootstrap and ask for metadata at
/// addresses that they remember, and any broker tells them where to go.
/// </param>
/// <param name="Session">The gateway's login at the broker; null: its listener wants none.</param>
public sealed record Upstream(IByteChannel Channel, PhysicalBroker Broker, PhysicalBroker? StandsInFor, BrokerSession? Session = null);

/// <summary>A connection to a broker on which a client is about to log in by itself.</summary>
public sealed record UpstreamOfLogin(BrokerConnection Connection, PhysicalBroker Broker, PhysicalBroker? StandsInFor)
{
    /// <summary>The connection for the client's requests, once it is logged in.</summary>
    /// <exception cref="IOException">The broker sent something that nobody asked for.</exception>
    public Upstream ForRequests() => new(Connection.Detach(), Broker, StandsInFor);
}

/// <summary>Opens connections to brokers.</summary>
public sealed class UpstreamConnector(ModelStore model, ClusterDirectory clusters)
{
    /// <summary>Connects to the broker behind a slot, or to another one of the tenant's cluster.</summary>
    /// <exception cref="IOException">No broker of the cluster can be reached.</exception>
    public Task<Upstream> ConnectAsync(int slot, string cluster, CancellationToken cancellationToken) =>
        ConnectAsync(slot, cluster, async (access, broker, versions, reached, missing) =>
        {
            var channel = await access.OpenAsync(broker.Host, broker.Port, versions, cancellationToken);
            return new Upstream(channel.Bytes, reached, missing, channel.Session);
        });

    /// <summary>The same for a client that logs in at the broker by itself.</summary>
    /// <exception cref="IOException">No broker of the cluster can be reached.</exception>
    public Task<UpstreamOfLogin> ConnectForLoginAsync(int slot, string cluster, CancellationToken cancellationToken) =>
        ConnectAsync(slot, cluster, async (access, broker, versions, reached, missing) =>
            new UpstreamOfLogin(await access.OpenForLoginAsync(broker.Host, broker.Port, versions, cancellationToken), reached, missing));

    private async Task<T> ConnectAsync<T>(int slot, string cluster, Func<BrokerAccess, Broker, BrokerVersions?, PhysicalBroker, PhysicalBroker?, Task<T>> open)
    {
        var wanted = model.Slots.Find(slot) is { } found && found.Cluster == cluster ? found : (PhysicalBroker?)null;
        var watcher = clusters.Find(cluster) ?? throw new IOException($"Physical cluster {cluster} is not configured on this node.");
        var brokers = watcher.State.Brokers.Values.OrderBy(b => b.Id == wanted?.BrokerId ? 0 : 1).ThenBy(_ => Random.Shared.Next());
        string? reason = watcher.Problem;
        foreach (var broker in brokers)
        {
            try
            {
                var reached = new PhysicalBroker(cluster, broker.Id);
                return await open(watcher.Access, broker, watcher.State.Versions.GetValueOrDefault(broker.Id), reached, reached == wanted ? null : wanted ?? new PhysicalBroker(cluster, -1));
            }
            catch (SocketException e)
            {
                reason = e.Message;
                watcher.Doubt(broker.Id);
            }
            catch (BrokerRefusedException e)
            {
                reason = e.Message;
                watcher.Doubt(broker.Id);
            }
        }

        throw new IOException($"No broker of physical cluster {cluster} can be reached: {reason ?? "none is known"}");
    }
}
