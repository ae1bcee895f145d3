using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Keys;

public sealed class SigningKeyTests(TestPostgres postgres)
{
    [Fact]
    public async Task Keys_survive_a_restart()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        var secret = await PutClientAsync(identity);
        var before = await identity.RequireTokenAsync("client-a", secret);

        await identity.Process.KillAsync();
        await identity.Process.StartAsync();

        var keys = await identity.KeysAsync();
        var after = await identity.RequireTokenAsync("client-a", secret);
        Assert.True((await identity.ValidateAsync(before, keys)).IsValid);
        Assert.Equal(new JsonWebToken(before).Kid, new JsonWebToken(after).Kid);
    }

    [Fact]
    public async Task Keys_rotate_while_clients_authenticate_and_every_token_verifies_by_an_older_jwks()
    {
        var announce = TimeSpan.FromSeconds(2);
        await using var identity = await IdentityUnderTest.StartAsync(postgres, new Dictionary<string, string>
        {
            ["IDENTITY_KEY_ROTATION"] = "4s",
            ["IDENTITY_KEY_ANNOUNCE"] = "2s",
        });
        var secret = await PutClientAsync(identity);

        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(14));
        var kids = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => AuthenticateAsync(identity, secret, announce / 2, end.Token)));

        Assert.True(kids.SelectMany(seen => seen).Distinct().Count() >= 3, "The signing key changed less than twice.");
    }

    [Fact]
    public async Task Announced_key_is_still_announced_after_a_restart()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres, new Dictionary<string, string>
        {
            ["IDENTITY_KEY_ROTATION"] = "1h",
            ["IDENTITY_KEY_ANNOUNCE"] = "59m",
        });
        // The next key signs in an hour; announced a minute from now by the first settings, a second from now by these.
        await identity.Process.RestartAsync(new Dictionary<string, string> { ["IDENTITY_KEY_ANNOUNCE"] = "3599s" });
        await IdentityUnderTest.UntilAsync(async () => (await identity.KeysAsync()).Keys.Count == 2, "the next key is announced");
        var announced = Kids(await identity.KeysAsync());

        await identity.Process.RestartAsync();

        Assert.Equal(announced, Kids(await identity.KeysAsync()));
    }

    [Fact]
    public async Task Another_master_key_is_refused_by_name()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        var file = identity.Process.Plan.Environment["IDENTITY_MASTER_KEY_FILE"];
        PrivateFiles.Write(file, PrivateFiles.NewKey());

        var refusal = await Assert.ThrowsAsync<StackException>(() => identity.Process.RestartAsync());

        Assert.Contains("IDENTITY_MASTER_KEY_FILE holds another key", refusal.Message);
        Assert.Equal(1, identity.Process.Process.ExitCode);
    }

    /// <summary>As a resource server does: reads the JWKS at intervals, checks every token by what it has.</summary>
    private static async Task<HashSet<string>> AuthenticateAsync(IdentityUnderTest identity, string secret, TimeSpan jwksAge, CancellationToken end)
    {
        var kids = new HashSet<string>();
        var keys = await identity.KeysAsync();
        var read = TimeProvider.System.GetTimestamp();
        while (!end.IsCancellationRequested)
        {
            var token = await identity.RequireTokenAsync("client-a", secret);
            var result = await identity.ValidateAsync(token, keys);
            Assert.True(result.IsValid, $"A token signed by an unannounced key: {result.Exception?.Message}");
            kids.Add(((JsonWebToken)result.SecurityToken).Kid);
            if (TimeProvider.System.GetElapsedTime(read) > jwksAge)
            {
                keys = await identity.KeysAsync();
                read = TimeProvider.System.GetTimestamp();
            }
        }

        return kids;
    }

    private static string[] Kids(JsonWebKeySet keys) => [.. keys.Keys.Select(key => key.Kid).Order(StringComparer.Ordinal)];

    private static async Task<string> PutClientAsync(IdentityUnderTest identity)
    {
        var secret = PrivateFiles.NewSecret();
        identity.Platform.Put(IdentityUnderTest.Client("a", secret));
        await identity.UntilAsync("client-a", secret, served: true);
        return secret;
    }
}
