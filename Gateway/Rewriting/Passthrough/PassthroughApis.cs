using System.Globalization;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting.Apis;

namespace PartnerPlatform.Gateway.Rewriting.Passthrough;

/// <summary>
/// Messages of passthrough that name brokers in ways of their own: names, ids and rights are the backing cluster's and stay as they are, but a broker is known by the gateway's
/// node id and address.
/// </summary>
public sealed class PassthroughApis(BrokerAddresses addresses)
{
    private const sbyte BrokerConfig = 4;
    private const sbyte BrokerLoggerConfig = 8;
    private const string NoBroker = "-1";

    public static bool ReadsRequest(ApiKey api) =>
        api is ApiKey.CreateTopics or ApiKey.CreatePartitions or ApiKey.DescribeConfigs or ApiKey.AlterConfigs or ApiKey.IncrementalAlterConfigs;

    public static bool ReadsAnswer(ApiKey api) =>
        api is ApiKey.Metadata or ApiKey.FindCoordinator or ApiKey.DescribeCluster or ApiKey.DescribeTopicPartitions or ApiKey.DescribeConfigs or ApiKey.AlterConfigs or ApiKey.IncrementalAlterConfigs;

    public void ToBroker(ApiKey api, Node request, string cluster)
    {
        if (api is ApiKey.CreateTopics or ApiKey.CreatePartitions)
        {
            foreach (var assignment in request.List("topics").SelectMany(t => t.List("assignments")))
            {
                // A node id that stands for no broker becomes one that no broker has.
                assignment.Set("brokerIds", assignment.Values("brokerIds").Select(n => (object?)(addresses.BrokerOf(cluster, (int)n!) ?? -1)).ToList());
            }

            return;
        }

        foreach (var resource in request.List("resources"))
        {
            Rename(resource, id => addresses.BrokerOf(cluster, id));
        }
    }

    public void ToClient(ApiKey api, short version, Node answer, string cluster)
    {
        switch (api)
        {
            case ApiKey.Metadata:
                answer.Set("brokers", answer.List("brokers").Where(b => Show(b, "nodeId", cluster)).ToList()).Set("controllerId", addresses.Show(cluster, answer.Get<int>("controllerId")));
                answer.List("topics").ForEach(t => t.List("partitions").ForEach(p => Partitions.Show(p, addresses, cluster)));
                break;
            case ApiKey.DescribeCluster:
                answer.Set("brokers", answer.List("brokers").Where(b => Show(b, "brokerId", cluster)).ToList()).Set("controllerId", addresses.Show(cluster, answer.Get<int>("controllerId")));
                break;
            case ApiKey.DescribeTopicPartitions:
                answer.List("topics").ForEach(t => t.List("partitions").ForEach(p => Partitions.Show(p, addresses, cluster)));
                break;
            case ApiKey.FindCoordinator:
                foreach (var coordinator in version < FindCoordinatorApi.FirstBatchVersion ? [answer] : answer.List("coordinators"))
                {
                    FindCoordinatorApi.Show(coordinator, addresses, cluster);
                }

                break;
            default:
                foreach (var result in answer.List(api == ApiKey.DescribeConfigs ? "results" : "responses"))
                {
                    Rename(result, id => addresses.Show(cluster, id));
                }

                break;
        }
    }

    private bool Show(Node broker, string id, string cluster)
    {
        if (addresses.Find(cluster, broker.Get<int>(id)) is not { } shown)
        {
            return false;
        }

        broker.Set(id, shown.NodeId).Set("host", shown.Endpoint.Host).Set("port", shown.Endpoint.Port);
        return true;
    }

    /// <summary>Brokers' own configurations go by their ids; those of all by an empty name.</summary>
    private static void Rename(Node resource, Func<int, int?> rename)
    {
        if (resource.Get<sbyte>("resourceType") is BrokerConfig or BrokerLoggerConfig && resource.Text("resourceName") is { Length: > 0 } name)
        {
            var id = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? rename(number) : null;
            resource.Set("resourceName", id?.ToString(CultureInfo.InvariantCulture) ?? NoBroker);
        }
    }
}
