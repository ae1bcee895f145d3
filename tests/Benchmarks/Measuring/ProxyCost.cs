namespace PartnerPlatform.Benchmarks.Measuring;

/// <summary>What a proxy's process used while it was measured.</summary>
/// <param name="CpuSeconds">User and system, of all threads.</param>
/// <param name="AllocatedBytes">On the managed heap; null: it has none, or does not know.</param>
/// <param name="VoluntarySwitches">Times that a thread had to wait.</param>
/// <param name="InvoluntarySwitches">Times that a thread was interrupted by another.</param>
internal sealed record ProxyCost(double CpuSeconds, long? AllocatedBytes, long VoluntarySwitches, long InvoluntarySwitches)
{
    public static ProxyCost operator +(ProxyCost one, ProxyCost other) => new(
        one.CpuSeconds + other.CpuSeconds, one.AllocatedBytes + other.AllocatedBytes, one.VoluntarySwitches + other.VoluntarySwitches, one.InvoluntarySwitches + other.InvoluntarySwitches);
}
