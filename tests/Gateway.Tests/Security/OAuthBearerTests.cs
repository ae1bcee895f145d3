using System.Text;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>Access tokens of the platform's Identity and of an issuer outside, good and bad.</summary>
public class OAuthBearerTests(KafkaFixture fixture) : IAsyncLifetime
{
    private const string OutsideAudience = "kafka";

    private readonly Tenants _tenants = new();
    private readonly TestIssuer _identity = new();
    private readonly TestIssuer _outside = new();
    private GatewayNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        if (PartnerPlatform.Stack.Kafka.RealKafka.SkipReason is not null)
        {
            return;
        }

        var kafka = await fixture.StartedAsync();
        await _identity.StartAsync();
        await _outside.StartAsync();
        _tenants.Cluster("main", 1, 2, 3)
            .VirtualCluster("acme", VirtualClusterKind.Partner).Alias("acme", "orders", "sales.orders.v1", SharePermission.Read)
            .LinkedAccount("acme", "app", new LoginIdentity(null, "acme.app")).ZoneAcls("acme", "app")
            .LinkedAccount("acme", "gone", new LoginIdentity(null, "acme.gone"), revoked: true)
            .LinkedAccount("acme", "again", new LoginIdentity(null, "acme.again", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60))
            .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false)
            .LinkedAccount("shop", "outside", new LoginIdentity(_outside.Url, "robot"));
        _node = GatewayNode.Prepare("gateway-oauth", kafka.Kafka.Plaintext, _tenants, new Dictionary<string, string>
        {
            ["GATEWAY_IDENTITY_URL"] = _identity.Url,
            ["GATEWAY_OAUTH_EXPECTED_ISSUER"] = _outside.Url,
            ["GATEWAY_OAUTH_JWKS_URL"] = $"{_outside.Url}.well-known/jwks",
            ["GATEWAY_OAUTH_EXPECTED_AUDIENCES"] = OutsideAudience,
        });
        await _node.StartAsync(_tenants);
        await LogSinceAsync(0, $"{_identity.Url} has 1 signing keys");
        await LogSinceAsync(0, $"{_outside.Url} has 1 signing keys");
    }

    public async ValueTask DisposeAsync()
    {
        await (_node?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _identity.DisposeAsync();
        await _outside.DisposeAsync();
    }

    [Fact]
    public async Task An_access_token_of_either_issuer_logs_in_as_the_account_that_its_subject_is_linked_to()
    {
        await fixture.StartedAsync();
        Assert.Equal(["orders"], await TopicsAsync(TestIssuer.Message(_identity.Token("acme.app"))));
        Assert.Equal(["orders"], await TopicsAsync(TestIssuer.Message(_identity.Token("acme.app"), authorizationId: "app")));
        await TopicsAsync(TestIssuer.Message(_outside.Token("robot", audience: OutsideAudience, type: "JWT")));
    }

    [Fact]
    public async Task The_client_is_told_how_long_its_session_lives_as_far_as_its_token_does()
    {
        await fixture.StartedAsync();
        await using var client = await HandshakenAsync();
        var answer = (await client.AuthenticateAsync(TestIssuer.Message(_identity.Token("acme.app", TimeSpan.FromSeconds(100))))).Body;
        Assert.InRange(answer.Get<long>("sessionLifetimeMs"), 90_000, 100_000);
    }

    [Fact]
    public async Task Whatever_is_wrong_is_refused_alike_by_the_challenge_of_RFC_7628_and_then_the_error()
    {
        await fixture.StartedAsync();
        var stranger = TestIssuer.NewKey("first");
        var modulus = _identity.Key.Rsa.ExportSubjectPublicKeyInfoPem();
        var attempts = new Dictionary<string, (byte[] Message, string Reason)>
        {
            ["malformed"] = ("n,,no token"u8.ToArray(), "malformed"),
            ["not a JWT"] = (TestIssuer.Message("garbage"), "not a JWT"),
            ["expired"] = (TestIssuer.Message(_identity.Token("acme.app", TimeSpan.FromMinutes(-5), age: TimeSpan.FromHours(1))), "expired"),
            ["foreign key under a known id"] = (TestIssuer.Message(_identity.Token("acme.app", key: stranger)), "foreign signature"),
            ["the public key as an HMAC secret"] = (
                TestIssuer.Message(_identity.Token("acme.app", key: new SymmetricSecurityKey(Encoding.UTF8.GetBytes(modulus)) { KeyId = "first" }, algorithm: SecurityAlgorithms.HmacSha256)),
                "foreign signature"),
            ["unsigned"] = (TestIssuer.Message(Unsigned(_identity.Token("acme.app"))), "foreign signature"),
            ["for Platform"] = (TestIssuer.Message(_identity.Token("acme.app", audience: "platform")), "another audience"),
            ["an id token"] = (TestIssuer.Message(_identity.Token("acme.app", type: "JWT")), "not a token that is taken"),
            ["foreign issuer"] = (TestIssuer.Message(_identity.Token("acme.app", issuer: "https://elsewhere.example/")), "foreign issuer"),
            ["one issuer's subject from another"] = (TestIssuer.Message(_outside.Token("acme.app", audience: OutsideAudience)), "linked to no service account"),
            ["one issuer's name with another's key"] = (TestIssuer.Message(_identity.Token("robot", issuer: _outside.Url, audience: OutsideAudience)), "foreign signature"),
            ["our audience from outside"] = (TestIssuer.Message(_outside.Token("robot")), "another audience"),
            ["unknown subject"] = (TestIssuer.Message(_identity.Token("acme.nobody")), "linked to no service account"),
            ["revoked account"] = (TestIssuer.Message(_identity.Token("acme.gone")), "the service account is revoked"),
            ["issued before the cut-off"] = (TestIssuer.Message(_identity.Token("acme.again", age: TimeSpan.FromMinutes(5))), "the token is revoked"),
            ["as another account"] = (TestIssuer.Message(_identity.Token("acme.app"), authorizationId: "acme-admin"), "authorization id"),
        };
        foreach (var (name, (message, reason)) in attempts)
        {
            var before = _node.Log.Length;
            await using var client = await HandshakenAsync();
            var challenge = (await client.AuthenticateAsync(message)).Body;
            Assert.Equal(0, challenge.Get<short>("errorCode"));
            Assert.Equal("""{"status":"invalid_token"}""", Encoding.UTF8.GetString(challenge.Get<byte[]>("authBytes")));
            var answer = (await client.AuthenticateAsync(new byte[] { 1 })).Body;
            Assert.Equal((short)ErrorCode.SaslAuthenticationFailed, answer.Get<short>("errorCode"));
            Assert.Equal("Authentication failed: the user name or the token is not valid.", answer.Text("errorMessage"));
            await client.AssertClosedAsync();
            var log = await LogSinceAsync(before, reason);
            Assert.True(log.Contains(reason, StringComparison.Ordinal), $"{name}: {log}");
            Assert.DoesNotContain("eyJ", log, StringComparison.Ordinal);
        }

        // Issued after the cut-off; no ACL grants it anything.
        Assert.Empty(await TopicsAsync(TestIssuer.Message(_identity.Token("acme.again"))));
    }

    [Fact]
    public async Task A_refused_token_followed_by_a_good_one_on_the_same_exchange_is_refused()
    {
        await fixture.StartedAsync();
        await using var client = await HandshakenAsync();
        await client.AuthenticateAsync(TestIssuer.Message("garbage"));
        var answer = (await client.AuthenticateAsync(TestIssuer.Message(_identity.Token("acme.app")))).Body;
        Assert.Equal((short)ErrorCode.SaslAuthenticationFailed, answer.Get<short>("errorCode"));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task A_new_key_is_looked_for_when_a_token_names_it_and_invented_ones_cause_no_storm()
    {
        await fixture.StartedAsync();
        await TopicsAsync(TestIssuer.Message(_identity.Token("acme.app")));
        await Task.Delay(TimeSpan.FromSeconds(5.5));
        var added = _identity.Publish("second");

        // Somebody else's token may have been the reason for a look just before: then the next try is.
        for (var until = DateTime.UtcNow.AddSeconds(15); !await IsTakenAsync(TestIssuer.Message(_identity.Token("acme.app", key: added))) && DateTime.UtcNow < until; await Task.Delay(200))
        {
        }

        Assert.Equal(["orders"], await TopicsAsync(TestIssuer.Message(_identity.Token("acme.app", key: added))));

        var (looks, began) = (_identity.Looks, DateTime.UtcNow);
        for (var i = 0; i < 30; i++)
        {
            await RefusedAsync(TestIssuer.Message(_identity.Token("acme.app", key: TestIssuer.NewKey($"invented-{i}"))));
        }

        // One in five seconds, however long a busy machine takes for them.
        Assert.InRange(_identity.Looks, looks, looks + 2 + (int)((DateTime.UtcNow - began).TotalSeconds / 5));
    }

    [Fact]
    public async Task A_node_that_restarts_while_the_issuers_are_away_takes_their_tokens_by_the_keys_of_its_state_file()
    {
        await fixture.StartedAsync();
        await TopicsAsync(TestIssuer.Message(_identity.Token("acme.app")));
        await Task.Delay(TimeSpan.FromSeconds(1));
        await _identity.StopAsync();
        await _outside.StopAsync();
        await _node.Service.StopAsync();
        await _node.Service.StartAsync();

        Assert.Equal(["orders"], await TopicsAsync(TestIssuer.Message(_identity.Token("acme.app"))));
        await RefusedAsync(TestIssuer.Message(_identity.Token("acme.app", key: TestIssuer.NewKey("first"))));
    }

    [Fact]
    public async Task A_session_ends_with_its_token_unless_the_client_logs_in_again_on_it_as_the_same_principal()
    {
        await fixture.StartedAsync();
        // The clocks of issuers may differ by half a minute, so the token has run out for the session alone.
        await using var kept = await HandshakenAsync();
        await using var lost = await HandshakenAsync();
        var token = TestIssuer.Message(_identity.Token("acme.app", TimeSpan.FromSeconds(4)));
        Assert.Equal(0, (await kept.AuthenticateAsync(token)).Body.Get<short>("errorCode"));
        Assert.Equal(0, (await lost.AuthenticateAsync(token)).Body.Get<short>("errorCode"));
        await kept.HandshakeAsync("OAUTHBEARER");
        Assert.Equal(0, (await kept.AuthenticateAsync(TestIssuer.Message(_identity.Token("acme.app")))).Body.Get<short>("errorCode"));

        await lost.AssertClosedAsync();

        Assert.Equal(["orders"], await TopicsAsync(kept));
        await kept.HandshakeAsync("OAUTHBEARER");
        await kept.AuthenticateAsync(TestIssuer.Message(_identity.Token("acme.again")));
        Assert.Equal((short)ErrorCode.SaslAuthenticationFailed, (await kept.AuthenticateAsync(new byte[] { 1 })).Body.Get<short>("errorCode"));
        await kept.AssertClosedAsync();
    }

    /// <summary>The log is written behind; waits until it says what is expected, or for 15 seconds.</summary>
    private async Task<string> LogSinceAsync(int start, string expected)
    {
        for (var i = 0; i < 150 && !_node.Log[start..].Contains(expected, StringComparison.Ordinal); i++)
        {
            await Task.Delay(100);
        }

        return _node.Log[start..];
    }

    [Fact]
    public async Task A_session_cannot_change_its_mechanism()
    {
        await fixture.StartedAsync();
        await using var client = await HandshakenAsync();
        await client.AuthenticateAsync(TestIssuer.Message(_identity.Token("acme.app")));
        Assert.Equal((short)ErrorCode.UnsupportedSaslMechanism, (await client.HandshakeAsync("PLAIN")).Body.Get<short>("errorCode"));
        await client.AssertClosedAsync();
    }

    private static string Unsigned(string token) =>
        Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""") + "." + token.Split('.')[1] + ".";

    private async Task<RawClient> HandshakenAsync()
    {
        var client = await RawClient.ConnectAsync(_node.PortStart);
        Assert.Equal(0, (await client.HandshakeAsync("OAUTHBEARER")).Body.Get<short>("errorCode"));
        return client;
    }

    private async Task RefusedAsync(byte[] message) => Assert.False(await IsTakenAsync(message));

    private async Task<bool> IsTakenAsync(byte[] message)
    {
        await using var client = await HandshakenAsync();
        return (await client.AuthenticateAsync(message)).Body.Get<byte[]>("authBytes").Length == 0;
    }

    private async Task<IReadOnlyList<string>> TopicsAsync(byte[] message)
    {
        await using var client = await HandshakenAsync();
        var answer = (await client.AuthenticateAsync(message)).Body;
        Assert.Equal((0, ""), (answer.Get<short>("errorCode"), Encoding.UTF8.GetString(answer.Get<byte[]>("authBytes"))));
        return await TopicsAsync(client);
    }

    private static async Task<IReadOnlyList<string>> TopicsAsync(RawClient client)
    {
        var metadata = (await client.AskAsync(ApiKey.Metadata, 9, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null))).Body;
        return [.. metadata.List("topics").Cast<Node>().Select(t => t.Text("name")!).Order(StringComparer.Ordinal)];
    }
}
