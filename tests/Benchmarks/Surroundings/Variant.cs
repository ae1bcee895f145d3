using PartnerPlatform.Benchmarks.Measuring;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>A way to the sink.</summary>
/// <param name="Port">Of the loopback address.</param>
/// <param name="Topic">As the client names it.</param>
/// <param name="IsTls">The client's side is encrypted.</param>
/// <param name="Login">By SASL/PLAIN; null: none is wanted.</param>
/// <param name="Proxy">What is measured; null: nothing is in between.</param>
internal sealed record Variant(string Name, int Port, string Topic, bool IsTls = false, Login? Login = null, ProxyMeter? Proxy = null);

internal sealed record Login(string Account, string Token);

/// <summary>A variant or a load that this machine cannot run.</summary>
internal sealed record Skipped(string Name, string Reason);
