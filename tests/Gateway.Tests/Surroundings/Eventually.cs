namespace PartnerPlatform.Gateway.Tests.Surroundings;

public static class Eventually
{
    /// <summary>Waits until it is so; fails with what the second function says.</summary>
    public static Task TrueAsync(Func<bool> condition, Func<string> otherwise, int seconds = 40) => TrueAsync(() => Task.FromResult(condition()), otherwise, seconds);

    /// <summary>Waits until a log says something: logs are written a moment after what they tell of.</summary>
    public static Task SaidAsync(Func<string> log, string text) => TrueAsync(() => log().Contains(text, StringComparison.Ordinal), () => $"The log does not say '{text}': {log()}");

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> otherwise, int seconds = 40)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); !await condition(); await Task.Delay(100))
        {
            if (DateTime.UtcNow > until)
            {
                Assert.Fail(otherwise());
            }
        }
    }
}
