using PartnerPlatform.EndToEnd.Tests.Surroundings;

// The tests kill what they share: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(EmbeddedStack))]
