namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Tests that kill brokers and nodes, or measure: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<FaultyKafka>
{
    public const string Name = "alone";
}
