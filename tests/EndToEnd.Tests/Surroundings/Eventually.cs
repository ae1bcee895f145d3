using System.Diagnostics;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>Waits for what comes by itself.</summary>
public static class Eventually
{
    /// <returns>How long it took.</returns>
    public static Task<TimeSpan> TrueAsync(string what, TimeSpan limit, Func<bool> condition) => TrueAsync(what, limit, () => Task.FromResult(condition()));

    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> TrueAsync(string what, TimeSpan limit, Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < limit, $"After {limit.TotalSeconds:0} s still not: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        return clock.Elapsed;
    }
}
