namespace PartnerPlatform.Gateway.Tests.Surroundings;

public static class Eventually
{
    /// <summary>Waits until it is so; fails with what the second function says.</summary>
    public static async Task TrueAsync(Func<bool> condition, Func<string> otherwise, int seconds = 40)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); !condition(); await Task.Delay(100))
        {
            if (DateTime.UtcNow > until)
            {
                Assert.Fail(otherwise());
            }
        }
    }
}
