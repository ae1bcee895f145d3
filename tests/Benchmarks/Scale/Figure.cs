namespace PartnerPlatform.Benchmarks.Scale;

/// <summary>Something measured that is no load: how large a node grows, what a change costs.</summary>
internal sealed record Figure(string Name, double Value, string Unit);
