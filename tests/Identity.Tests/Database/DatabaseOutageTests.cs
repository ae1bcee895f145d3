using System.Net;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Database;

public sealed class DatabaseOutageTests(TestPostgres postgres) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outage-");

    [Fact]
    public async Task Clients_are_told_to_try_again_while_the_database_is_away_and_served_when_it_is_back()
    {
        _folder.UnixFileMode |= UnixFileMode.OtherExecute;
        var plan = new PostgresPlan(Path.Combine(_folder.FullName, "data"), FreePorts.Take(), PrivateFiles.NewSecret(), Path.Combine(_folder.FullName, "log"), Durable: false);
        await using var server = await PostgresServer.StartAsync(await PostgresInstallation.FindAsync(), plan);
        await using var identity = await IdentityUnderTest.StartAsync(
            postgres, new Dictionary<string, string> { ["IDENTITY_DATABASE"] = await server.EnsureDatabaseAsync("identity") });
        var secret = PrivateFiles.NewSecret();
        identity.Platform.Put(IdentityUnderTest.Client("a", secret));
        await identity.UntilAsync("client-a", secret, served: true);

        await server.KillAsync();

        using var refusal = await identity.AskForTokenAsync("client-a", secret);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refusal.StatusCode);
        Assert.False(await identity.Process.IsReadyAsync());
        await server.StartAsync();
        await IdentityUnderTest.UntilAsync(() => identity.Process.IsReadyAsync(), "Identity is ready again");
        Assert.NotNull(await identity.TokenAsync("client-a", secret));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
