namespace PartnerPlatform.Platform.Database;

public static class Running
{
    /// <summary>Runs until a signal; the exit code is 1 when it had to stop by itself.</summary>
    public static async Task<int> RunUntilStopped(this WebApplication app)
    {
        await app.RunAsync();
        return Environment.ExitCode;
    }
}
