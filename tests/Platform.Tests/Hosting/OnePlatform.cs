namespace PartnerPlatform.Platform.Tests.Hosting;

/// <summary>One host for the tests of a class that do not get in each other's way.</summary>
public sealed class OnePlatform : IAsyncLifetime
{
    public PlatformUnderTest Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Platform = await PlatformUnderTest.Start();
        await Platform.Stage();
    }

    public ValueTask DisposeAsync() => Platform.DisposeAsync();
}
