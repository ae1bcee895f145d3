// More than there are processors: many tests wait for what a broker or a node does in its own time.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Tests that kill brokers and nodes, or measure: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<FaultyKafka>
{
    public const string Name = "alone";
}
