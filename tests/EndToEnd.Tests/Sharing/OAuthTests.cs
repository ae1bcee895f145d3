using System.Diagnostics;
using System.Text.Json;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Sharing;

/// <summary>Applications log in with access tokens that librdkafka fetches by itself from Identity.</summary>
public sealed class OAuthTests(EmbeddedStack embedded)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task An_application_reads_and_writes_by_client_credentials_and_is_seen_live()
    {
        await _stack.Api.NewPartnerAsync("oauth");
        var login = await _stack.Api.NewClientSecretAsync("oauth", "app");
        Assert.Equal("oauth.app", login.Username);
        await using var reader = new RunningReader(_stack.Bootstrap, login, "orders");
        await using var writer = new RunningWriter(_stack.Bootstrap, login, "returns");
        await Task.WhenAll(reader.MoreAsync(Soon), writer.MoreAsync(Soon));

        JsonElement session = default;
        await Eventually.TrueAsync("the session is seen", Soon, async () =>
            (session = (await SessionsAsync("oauth")).FirstOrDefault(s => s.GetProperty("mechanism").GetString() == "OAUTHBEARER" && s.GetProperty("bytesOut").GetInt64() > 1000)).ValueKind == JsonValueKind.Object);
        Assert.Equal("app", session.GetProperty("serviceAccount").GetString());
        Assert.Equal("confluent-kafka-dotnet", session.GetProperty("clientSoftwareName").GetString());
        Assert.Equal("127.0.0.1", session.GetProperty("address").GetString());
        var attempts = (await _stack.Api.SendAsync("""{ loginAttempts(virtualCluster: "oauth", serviceAccount: "app") { succeeded code mechanism } }""")).GetProperty("loginAttempts");
        Assert.Contains(attempts.EnumerateArray(), a => a.GetProperty("succeeded").GetBoolean() && a.GetProperty("mechanism").GetString() == "OAUTHBEARER");
    }

    [Fact]
    public async Task A_new_secret_overlaps_with_the_one_before_and_no_running_client_notices()
    {
        await _stack.Api.NewPartnerAsync("rotating");
        var first = await _stack.Api.NewClientSecretAsync("rotating", "app");
        await using var reader = new RunningReader(_stack.Bootstrap, first, "orders");
        await reader.MoreAsync(Soon);

        var second = await _stack.Api.NewClientSecretAsync("rotating", "app", overlap: "PT1M");

        Assert.NotNull(await _stack.Api.TokenAsync(first.Username, first.Password));
        await reader.MoreAsync(Soon, records: 20);
        Assert.Empty(reader.Errors);
        await _stack.Api.NewClientSecretAsync("rotating", "app");
        Assert.Null(await _stack.Api.TokenAsync(first.Username, first.Password));
        Assert.Null(await _stack.Api.TokenAsync(second.Username, second.Password));
    }

    [Fact]
    public async Task A_revoked_client_is_cut_off_within_a_second_and_its_access_tokens_stay_refused_also_after_a_new_secret()
    {
        await _stack.Api.NewPartnerAsync("unlinked");
        var login = await _stack.Api.NewClientSecretAsync("unlinked", "app");
        var token = (await _stack.Api.TokenAsync(login.Username, login.Password))!;
        var sessions = new List<RawSession>();
        foreach (var node in _stack.Nodes)
        {
            sessions.Add((await RawSession.TryOpenAsync(node, token))!);
        }

        var ends = sessions.ConvertAll(session => session.EndedAsync(Soon));
        var asked = Stopwatch.GetTimestamp();
        await _stack.Api.ChangeAsync("revokeClientSecret", new { virtualCluster = "unlinked", serviceAccount = "app" });

        Assert.InRange(Stopwatch.GetElapsedTime(asked, (await Task.WhenAll(ends)).Max()), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync("Identity gives no more tokens", Soon, async () => await _stack.Api.TokenAsync(login.Username, login.Password) is null);
        var again = await _stack.Api.NewClientSecretAsync("unlinked", "app");
        // The cut-off has the grain of a second.
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        foreach (var node in _stack.Nodes)
        {
            Assert.Null(await RawSession.TryOpenAsync(node, token));
            using var session = await RawSession.TryOpenAsync(node, (await _stack.Api.TokenAsync(again.Username, again.Password))!);
            Assert.NotNull(session);
        }
    }

    [Fact]
    public async Task A_token_for_Platform_opens_no_gateway_and_one_for_a_gateway_opens_nothing_at_Platform()
    {
        await _stack.Api.NewPartnerAsync("apart");
        var login = await _stack.Api.NewClientSecretAsync("apart", "app");
        var node = _stack.Nodes[0];

        Assert.Null(await RawSession.TryOpenAsync(node, (await _stack.Api.TokenAsync(node.Name, node.Secret))!));
        using var asApplication = new Api(_stack.IdentityUrl, _stack.PlatformUrl, login.Username, login.Password);
        await asApplication.LogInAsync();
        Assert.Equal("UNAUTHENTICATED", (await Assert.ThrowsAsync<RefusedException>(() => asApplication.SendAsync("{ partnerZones { nodes { name } } }"))).Code);
    }

    [Fact]
    public async Task Why_a_client_was_refused_is_told_to_its_own_organisation()
    {
        var login = await _stack.Api.NewPartnerAsync("curious");
        await _stack.Api.ChangeAsync("createOrganization", new { name = "nosy" });
        using var own = await PartnerAdminAsync("curious");
        using var foreign = await PartnerAdminAsync("nosy");
        var revoked = await _stack.Api.NewTokenAsync("curious", "app");
        await _stack.Api.EnforceAsync("revokeToken", new { tokenId = revoked.TokenId });

        Assert.Null(await RawSession.TryOpenAsync(_stack.Nodes[0], revoked));
        Assert.Null(await RawSession.TryOpenAsync(_stack.Nodes[1], login with { Username = "someone-else" }));

        const string asked = """{ loginAttempts(virtualCluster: "curious") { code serviceAccount address text } }""";
        var codes = new List<string?>();
        await Eventually.TrueAsync("both refusals are told", Soon, async () =>
        {
            codes = [.. (await own.SendAsync(asked)).GetProperty("loginAttempts").EnumerateArray().Select(a => $"{a.GetProperty("serviceAccount")} {a.GetProperty("code")}")];
            return codes.Contains("app TOKEN_REVOKED") && codes.Contains("someone-else TOKEN_OF_ANOTHER_ACCOUNT");
        });
        Assert.Equal("NOT_FOUND", (await Assert.ThrowsAsync<RefusedException>(() => foreign.SendAsync(asked))).Code);
        Assert.Empty((await foreign.SendAsync("""{ sessions(filter: { virtualCluster: "curious" }) { nodes { id } } }""")).GetProperty("sessions").GetProperty("nodes").EnumerateArray());
    }

    private async Task<Api> PartnerAdminAsync(string organization)
    {
        var created = (await _stack.Api.SendAsync(
            "mutation($input: CreateClientInput!) { createClient(input: $input) { secret } }",
            new { clientId = $"{organization}-admin-client", role = "PARTNER_ADMIN", organization, reason = "test" })).GetProperty("createClient");
        var api = new Api(_stack.IdentityUrl, _stack.PlatformUrl, $"{organization}-admin-client", created.GetProperty("secret").GetString()!);
        await api.LogInAsync();
        return api;
    }

    private async Task<IReadOnlyList<JsonElement>> SessionsAsync(string virtualCluster) =>
        [.. (await _stack.Api.SendAsync($$"""{ sessions(filter: { virtualCluster: "{{virtualCluster}}" }) { nodes { serviceAccount mechanism address clientSoftwareName bytesOut } } }"""))
            .GetProperty("sessions").GetProperty("nodes").EnumerateArray()];
}
