using PartnerPlatform.Benchmarks.Measuring;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>A way to the sink.</summary>
/// <param name="Port">Of the loopback address.</param>
/// <param name="Topic">As the client names it.</param>
/// <param name="IsTls">The client's side is encrypted.</param>
/// <param name="Login">By SASL/PLAIN; null: none is wanted.</param>
/// <param name="Proxy">What is measured; null: nothing is in between.</param>
/// <param name="OtherPort">Of a second node; null: there is one.</param>
internal sealed record Variant(string Name, int Port, string Topic, bool IsTls = false, Login? Login = null, ProxyMeter? Proxy = null, int? OtherPort = null)
{
    /// <summary>The way of one connection of several.</summary>
    /// <param name="number">From 0.</param>
    public Variant Of(int number) => number % 2 == 1 && OtherPort is { } other ? this with { Port = other } : this;
}

internal sealed record Login(string Account, string Token);

/// <summary>A variant or a load that this machine cannot run.</summary>
internal sealed record Skipped(string Name, string Reason);
