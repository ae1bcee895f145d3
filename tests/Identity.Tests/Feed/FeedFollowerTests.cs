using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Feed;

public sealed class FeedFollowerTests(TestPostgres postgres)
{
    [Fact]
    public async Task Identity_asks_with_a_token_of_its_own()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        await IdentityUnderTest.UntilAsync(() => Task.FromResult(!identity.Platform.Tokens.IsEmpty), "Identity asked for the feed");

        Assert.True(identity.Platform.Tokens.TryPeek(out var header));
        var result = await identity.ValidateAsync(header["Bearer ".Length..], await identity.KeysAsync());

        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal(Roles.Identity, ((JsonWebToken)result.SecurityToken).GetClaim(AccessTokens.RoleClaim).Value);
    }

    [Fact]
    public async Task Clients_are_served_while_Platform_is_away_also_after_a_restart()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        var secret = await PutAsync(identity, "a");

        await identity.Platform.GoAwayAsync();
        await identity.Process.RestartAsync();

        Assert.NotNull(await identity.TokenAsync("client-a", secret));
        await IdentityUnderTest.UntilAsync(async () => (await FeedHealthAsync(identity)).GetProperty("status").GetString() == "Degraded", "health tells of the feed");
        var another = PrivateFiles.NewSecret();
        identity.Platform.Put(IdentityUnderTest.Client("b", another));
        identity.Platform.Remove("a");
        await identity.Platform.ServeAsync();
        await identity.UntilAsync("client-b", another, served: true);
        await identity.UntilAsync("client-a", secret, served: false);
        Assert.Equal("Healthy", (await FeedHealthAsync(identity)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Restart_goes_on_after_the_last_cursor()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        await PutAsync(identity, "a");
        await identity.Process.KillAsync();
        identity.Platform.Asked.Clear();

        await identity.Process.StartAsync();
        await IdentityUnderTest.UntilAsync(() => Task.FromResult(!identity.Platform.Asked.IsEmpty), "Identity asked again");

        Assert.True(identity.Platform.Asked.TryPeek(out var cursor));
        Assert.StartsWith("1:", cursor);
    }

    [Fact]
    public async Task Snapshot_removes_what_is_not_in_it()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        var gone = await PutAsync(identity, "gone");
        var kept = await PutAsync(identity, "kept");

        identity.Platform.BecomeAnotherDatabase(IdentityUnderTest.Client("kept", kept));

        await identity.UntilAsync("client-gone", gone, served: false);
        Assert.NotNull(await identity.TokenAsync("client-kept", kept));
    }

    [Fact]
    public async Task Snapshot_of_another_installation_is_not_believed()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        var secret = await PutAsync(identity, "ours");

        identity.Platform.BecomeAnotherDatabase(IdentityUnderTest.Client("theirs", PrivateFiles.NewSecret()));

        await IdentityUnderTest.UntilAsync(
            async () => (await FeedHealthAsync(identity)).GetProperty("description").GetString()?.Contains("another installation", StringComparison.Ordinal) == true, "health says so");
        Assert.NotNull(await identity.TokenAsync("client-ours", secret));
    }

    [Fact]
    public async Task Client_that_is_removed_and_made_again_in_one_page_is_served()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        var first = await PutAsync(identity, "a");
        await identity.Platform.GoAwayAsync();

        var second = PrivateFiles.NewSecret();
        identity.Platform.Remove("a");
        identity.Platform.Put(IdentityUnderTest.Client("a2", second) with { ClientId = "client-a" });
        await identity.Platform.ServeAsync();

        await identity.UntilAsync("client-a", second, served: true);
        Assert.Null(await identity.TokenAsync("client-a", first));
    }

    [Fact]
    public async Task Document_that_is_no_client_stops_the_follower_and_shows_in_health()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres);
        var secret = await PutAsync(identity, "a");

        identity.Platform.Append("broken", JsonSerializer.SerializeToElement(new { nonsense = true }));

        await IdentityUnderTest.UntilAsync(
            async () => (await FeedHealthAsync(identity)).GetProperty("description").GetString()?.Contains("client/broken", StringComparison.Ordinal) == true,
            "health names the document");
        Assert.NotNull(await identity.TokenAsync("client-a", secret));
        Assert.True(await identity.Process.IsReadyAsync());
    }

    private static async Task<JsonElement> FeedHealthAsync(IdentityUnderTest identity) =>
        (await identity.GetAsync("health/ready")).GetProperty("checks").GetProperty("feed");

    private static async Task<string> PutAsync(IdentityUnderTest identity, string id)
    {
        var secret = PrivateFiles.NewSecret();
        identity.Platform.Put(IdentityUnderTest.Client(id, secret));
        await identity.UntilAsync($"client-{id}", secret, served: true);
        return secret;
    }
}
