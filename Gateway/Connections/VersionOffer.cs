using System.Collections.Frozen;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>
/// What ApiVersions answers, and what a request may use: the APIs of the rights table, in the versions that the gateway and every broker of every
/// cluster that a listener can lead to share (librdkafka asks only once, before it has logged in).
/// </summary>
public sealed class VersionOffer(ClusterDirectory clusters)
{
    private volatile Offered _offered = new([], FrozenDictionary<ApiKey, VersionRange>.Empty);

    private static readonly HashSet<string> Features = ["transaction.version", "group.version", "share.version", "streams.version"];

    private static readonly VersionRange None = new(1, 0);

    private static readonly HashSet<ApiKey> AnsweredHere = [ApiKey.ApiVersions, ApiKey.SaslHandshake, ApiKey.SaslAuthenticate, ApiKey.DescribeAcls, ApiKey.CreateAcls, ApiKey.DeleteAcls];

    /// <summary>Versions that a client may use of an API; empty when it is not offered.</summary>
    public VersionRange Of(ApiKey api) => Current().Apis.GetValueOrDefault(api, None);

    private Offered Current()
    {
        // Asked for with every request: what is offered is worked out only when a broker's answer changed, and nothing is allocated else.
        var offered = _offered;
        return offered.IsFor(clusters) ? offered : _offered = WorkOut([.. clusters.All.Select(c => c.State.Versions)]);
    }

    private static Offered WorkOut(FrozenDictionary<int, BrokerVersions>[] versions) =>
        new(versions, ApiRights.Table.Keys.ToFrozenDictionary(k => k, k => WorkOut(k, versions.SelectMany(v => v.Values))));

    private static VersionRange WorkOut(ApiKey api, IEnumerable<BrokerVersions> brokers)
    {
        var definition = Definitions.Apis[api];
        var ours = definition.Request.Versions;
        if (definition.Request.LatestUnstable)
        {
            ours = ours with { To = (short)(ours.To - 1) };
        }

        if (ApiRights.Ceilings.TryGetValue(api, out var ceiling))
        {
            ours = ours.Intersect(new VersionRange(0, ceiling));
        }

        if (AnsweredHere.Contains(api))
        {
            return api == ApiKey.SaslHandshake ? ours with { From = 1 } : ours;
        }

        return brokers.Aggregate(ours, (range, broker) => range.Intersect(broker.Apis.GetValueOrDefault((short)api, None)));
    }

    /// <summary>The answer to ApiVersions; null while no broker was ever seen, so that nobody negotiates against nothing.</summary>
    public Node? Answer(ErrorCode error = ErrorCode.None)
    {
        var brokers = clusters.All.SelectMany(c => c.State.Versions.Values).ToList();
        if (brokers.Count == 0)
        {
            return null;
        }

        var answer = Node.Of(Definitions.Apis[ApiKey.ApiVersions].Response).Set("errorCode", (short)error);
        foreach (var api in ApiRights.Table.Keys.Order())
        {
            var versions = Of(api);
            if (!versions.IsEmpty)
            {
                // Old librdkafka looks for version 0 and then uses the highest: without it, it drops compression (Produce, KAFKA-18659) or SASL
                // altogether (SaslHandshake: 2.0 and before, thus Debian's kcat).
                var from = api is ApiKey.Produce or ApiKey.SaslHandshake ? (short)0 : versions.From;
                answer.List("apiKeys").Add(answer.NewChild("apiKeys").Set("apiKey", (short)api).Set("minVersion", from).Set("maxVersion", versions.To));
            }
        }

        foreach (var feature in brokers[0].Features.Where(f => Features.Contains(f.Name)))
        {
            var (minimum, maximum) = (brokers.Max(b => Level(b, feature.Name).Minimum), brokers.Min(b => Level(b, feature.Name).Maximum));
            answer.List("supportedFeatures").Add(answer.NewChild("supportedFeatures").Set("name", feature.Name).Set("minVersion", minimum).Set("maxVersion", maximum));
            answer.List("finalizedFeatures").Add(
                answer.NewChild("finalizedFeatures").Set("name", feature.Name).Set("maxVersionLevel", feature.Finalized).Set("minVersionLevel", feature.Finalized));
        }

        return answer.List("finalizedFeatures").Count > 0 ? answer.Set("finalizedFeaturesEpoch", brokers.Max(b => b.FeaturesEpoch)) : answer;
    }

    private static Feature Level(BrokerVersions broker, string name) => broker.Features.FirstOrDefault(f => f.Name == name) ?? new Feature(name, 0, 0, 0);

    private sealed class Offered(FrozenDictionary<int, BrokerVersions>[] basis, FrozenDictionary<ApiKey, VersionRange> apis)
    {
        public FrozenDictionary<ApiKey, VersionRange> Apis => apis;

        public bool IsFor(ClusterDirectory clusters)
        {
            var at = 0;
            foreach (var cluster in clusters.All)
            {
                if (at == basis.Length || !ReferenceEquals(basis[at++], cluster.State.Versions))
                {
                    return false;
                }
            }

            return at == basis.Length && at > 0;
        }
    }
}
