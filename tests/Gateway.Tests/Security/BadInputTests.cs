using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>
/// What must not come: each attempt ends its connection with the protocol's error where there is one, and with one line in the log that holds no
/// secret; another connection notices nothing.
/// </summary>
public class BadInputTests(KafkaFixture fixture) : IAsyncLifetime
{
    private readonly Tenants _tenants = new();
    private GatewayNode _node = null!;

    public static TheoryData<string, string> Logins => new()
    {
        { "garbage", "not a token" },
        { "wrong signature", "foreign signature" },
        { "expired", "expired" },
        { "alg none", "signature" },
        { "another account's", "another account" },
        { "another token id", "revoked" },
        { "foreign issuer", "foreign issuer" },
        { "unknown virtual cluster", "not known" },
        { "unknown account", "no such service account" },
        { "too long", "malformed" },
        { "no token", "malformed" },
    };

    public static TheoryData<string, string> Streams => new()
    {
        { "HTTP", "HTTP on a Kafka port" },
        { "TLS", "TLS on a plain Kafka port" },
        { "negative size", "claims -1 bytes" },
        { "huge size", "claims 2147483647 bytes" },
        { "large before login", "claims 70000 bytes" },
        { "empty frame", "shorter than a request header" },
        { "short frame", "shorter than a request header" },
        { "truncated", "closed inside a frame" },
        { "unknown API", "API 10000 is not offered" },
        { "API of brokers", "API 4 is not offered" },
        { "unknown version", "version 99 is not offered" },
        { "request before login", "Metadata came before the login" },
        { "header of garbage", "" },
        { "authenticate before handshake", "no SASL handshake" },
        { "handshake v0", "SASL handshake version 0" },
        { "unknown mechanism", "unknown SASL mechanism" },
        { "handshake twice", "second SASL handshake" },
    };

    public async ValueTask InitializeAsync()
    {
        if (PartnerPlatform.Stack.Kafka.RealKafka.SkipReason is not null)
        {
            return;
        }

        var kafka = await fixture.StartedAsync();
        _tenants.Cluster("main", 1, 2, 3).VirtualCluster("acme", VirtualClusterKind.Partner).Alias("acme", "orders", "sales.orders.v1", SharePermission.Read)
            .Account("acme", "app").Account("acme", "other").ZoneAcls("acme", "app")
            .VirtualCluster("shop", VirtualClusterKind.Standard, acl: false).Account("shop", "app");
        _node = GatewayNode.Prepare("gateway-alone", kafka.Kafka.Plaintext, _tenants);
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_login_that_is_not_valid_is_refused_alike_whatever_is_wrong_with_it()
    {
        await StartedAsync();
        foreach (var row in Logins)
        {
            var (attempt, reason) = (row.Data.Item1, row.Data.Item2);
            var password = PasswordOf(attempt);
            await AssertOneLineAsync(attempt, reason, password, async client =>
            {
                await client.HandshakeAsync();
                var answer = (await client.AuthenticateAsync(attempt == "unknown account" ? "nobody" : "app", password)).Body;
                Assert.Equal((short)ErrorCode.SaslAuthenticationFailed, answer.Get<short>("errorCode"));
                Assert.Equal("Authentication failed: the user name or the token is not valid.", answer.Text("errorMessage"));
                Assert.Empty(answer.Get<byte[]>("authBytes"));
            });
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_request_end_their_connection_only()
    {
        await StartedAsync();
        foreach (var row in Streams)
        {
            await AssertOneLineAsync(row.Data.Item1, row.Data.Item2, "Authorization: hidden", client => SendAsync(client, row.Data.Item1));
        }
    }

    [Fact]
    public async Task A_request_that_is_broken_behind_its_header_ends_its_connection_only()
    {
        await StartedAsync();
        var random = new Random(7);
        foreach (var (api, version) in new[] { (ApiKey.Metadata, 12), (ApiKey.Fetch, 13), (ApiKey.Produce, 9), (ApiKey.OffsetFetch, 8), (ApiKey.JoinGroup, 6), (ApiKey.ConsumerGroupHeartbeat, 1) })
        {
            var whole = RawClient.Frame(api, (short)version, 1, RawRequests.Of(api, new Target("orders", Guid.NewGuid(), "g", "t")));
            for (var i = 0; i < 4; i++)
            {
                var cut = whole[..random.Next(18, whole.Length - 1)];
                BinaryPrimitives.WriteInt32BigEndian(cut, cut.Length - 4);
                await AssertOneLineAsync($"{api} {version} cut at {cut.Length} of {whole.Length}", "", "hidden", async client =>
                {
                    await client.HandshakeAsync();
                    await client.AuthenticateAsync("app", _tenants.Token("acme", "app"));
                    await client.SendAsync(cut);
                });
            }
        }
    }

    [Fact]
    public async Task A_frame_that_comes_byte_by_byte_is_served()
    {
        await StartedAsync();
        await using var client = await RawClient.LoggedInAsync(_node.PortStart, "app", _tenants.Token("acme", "app"));
        foreach (var id in new[] { 1, int.MinValue, -1, int.MaxValue, 1 })
        {
            foreach (var b in RawClient.Frame(ApiKey.Metadata, 12, id, RawRequests.Metadata(new Target("orders", Guid.Empty, "", ""))))
            {
                await client.SendAsync(new[] { b });
            }

            var answer = RawClient.Read(ApiKey.Metadata, 12, (await client.ReceiveAsync())!);
            Assert.Equal(id, answer.CorrelationId);
            Assert.Equal("orders", answer.Body.List("topics").Single().Text("name"));
        }
    }

    [Fact]
    public async Task A_name_that_is_too_long_with_its_prefix_is_no_valid_topic()
    {
        await StartedAsync();
        await using var client = await RawClient.LoggedInAsync(_node.PortStart, "app", _tenants.Token("shop", "app"));
        foreach (var (length, error) in new[] { (244, ErrorCode.UnknownTopicOrPartition), (245, ErrorCode.InvalidTopic), (249, ErrorCode.InvalidTopic), (30_000, ErrorCode.InvalidTopic) })
        {
            var target = new Target(new string('n', length), Guid.Empty, "g", "");
            var described = (await client.AskAsync(ApiKey.Metadata, 9, RawRequests.Metadata(target))).Body.List("topics").Single();
            Assert.Equal(target.Topic, described.Text("name"));
            Assert.Equal((short)error, described.Get<short>("errorCode"));
            var produced = (await client.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(target, RawRequests.Batch()))).Body.List("responses").Single();
            Assert.All(produced.List("partitionResponses"), p => Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, p.Get<short>("errorCode")));
        }
    }

    [Fact]
    public async Task A_client_newer_than_the_gateway_is_told_the_versions_in_a_form_that_it_can_read()
    {
        await StartedAsync();
        await using var client = await RawClient.ConnectAsync(_node.PortStart);
        var frame = RawClient.Frame(ApiKey.ApiVersions, 4, 9, RawRequests.Of(ApiKey.ApiVersions, new Target("", Guid.Empty, "", "")));
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), 77);
        await client.SendAsync(frame);
        var answer = RawClient.Read(ApiKey.ApiVersions, 0, (await client.ReceiveAsync())!);
        Assert.Equal((short)ErrorCode.UnsupportedVersion, answer.Body.Get<short>("errorCode"));
        Assert.NotEmpty(answer.Body.List("apiKeys"));
    }

    [Fact]
    public void A_client_id_is_told_without_control_characters()
    {
        var frame = RequestFrame.Parse(RawClient.Frame(ApiKey.Metadata, 1, 7, [0, 0, 0, 0], "ap\0p\r\n-1"));
        Assert.Equal("app-1", frame.ClientId());
    }

    [Fact]
    public async Task A_broken_state_file_is_put_aside_and_the_node_says_so()
    {
        Assert.SkipWhen(PartnerPlatform.Stack.Kafka.RealKafka.SkipReason is not null, PartnerPlatform.Stack.Kafka.RealKafka.SkipReason ?? "");
        var file = Path.Combine(_node.Folder, "state.json");
        await File.WriteAllTextAsync(file, "0000\n{\"format\":1,");
        await _node.Service.StartUnreadyAsync();
        using var http = new HttpClient();
        for (var until = DateTime.UtcNow.AddSeconds(30); ; await Task.Delay(100))
        {
            try
            {
                Assert.Equal("live", await http.GetStringAsync($"http://127.0.0.1:{_node.HttpPort}/health/live"));
                break;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < until)
            {
                // It is starting.
            }
        }

        Assert.False(await _node.Service.IsReadyAsync());
        Assert.True(File.Exists(file + ".damaged"));
        Assert.Single(_node.Log.Split('\n'), l => l.Contains("is damaged", StringComparison.Ordinal));

        // Nobody is known to it, so nobody gets in.
        await using var client = await RawClient.ConnectAsync(_node.PortStart);
        await client.HandshakeAsync();
        Assert.Equal((short)ErrorCode.SaslAuthenticationFailed, (await client.AuthenticateAsync("app", _tenants.Token("acme", "app"))).Body.Get<short>("errorCode"));
    }

    private async Task StartedAsync()
    {
        Assert.SkipWhen(PartnerPlatform.Stack.Kafka.RealKafka.SkipReason is not null, PartnerPlatform.Stack.Kafka.RealKafka.SkipReason ?? "");
        await _node.StartAsync(_tenants);
    }

    private async Task AssertOneLineAsync(string what, string reason, string secret, Func<RawClient, Task> attempt)
    {
        await using var neighbour = await RawClient.LoggedInAsync(_node.PortStart, "app", _tenants.Token("acme", "app"));
        var before = _node.Log.Length;
        await using (var client = await RawClient.ConnectAsync(_node.PortStart))
        {
            await attempt(client);
            try
            {
                await client.AssertClosedAsync();
            }
            catch (TimeoutException)
            {
                Assert.Fail($"{what}: the connection stays open.");
            }
        }

        string[] lines = [];
        for (var until = DateTime.UtcNow.AddSeconds(10); lines.Length == 0 && DateTime.UtcNow < until; await Task.Delay(20))
        {
            lines = [.. _node.Log[before..].Split('\n').Where(l => l.Contains("Connection ", StringComparison.Ordinal) && !l.Contains("logged in", StringComparison.Ordinal))];
        }

        Assert.True(lines.Length == 1 && lines[0].Contains(reason, StringComparison.Ordinal), $"{what}: {lines.Length} lines: {string.Join('\n', lines)}");
        var all = _node.Log[before..];
        Assert.DoesNotContain("fail:", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", all, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Length > 0 ? secret : "\0", all, StringComparison.Ordinal);
        Assert.Equal("orders", (await neighbour.AskAsync(ApiKey.Metadata, 12, RawRequests.Metadata(new Target("orders", Guid.Empty, "", "")))).Body.List("topics").Single().Text("name"));
    }

    private string PasswordOf(string attempt) => attempt switch
    {
        "garbage" => "hunter2",
        "wrong signature" => _tenants.Token("acme", "app", key: RandomNumberGenerator.GetBytes(32)),
        "expired" => _tenants.Token("acme", "app", lifetime: TimeSpan.FromMinutes(-10)),
        "alg none" => Unsigned(_tenants.Token("acme", "app")),
        "another account's" => _tenants.Token("acme", "other"),
        "another token id" => _tenants.Token("acme", "app", id: "acme-app-2"),
        "foreign issuer" => _tenants.Token("acme", "app", issuer: "https://elsewhere.example"),
        "unknown virtual cluster" => _tenants.Token("nowhere", "app"),
        "unknown account" => _tenants.Token("acme", "nobody"),
        "too long" => new string('t', 20_000),
        "no token" => "",
        _ => throw new NotSupportedException(attempt),
    };

    private static string Unsigned(string token) =>
        Convert.ToBase64String("{\"alg\":\"none\",\"typ\":\"JWT\"}"u8).TrimEnd('=') + "." + token.Split('.')[1] + ".";

    private static async Task SendAsync(RawClient client, string what)
    {
        var nothing = new Target("", Guid.Empty, "", "");
        var list = RawClient.Frame(ApiKey.ListGroups, 0, 1, RawClient.NewRequest(ApiKey.ListGroups));
        switch (what)
        {
            case "HTTP":
                await client.SendAsync("GET / HTTP/1.1\r\nHost: gateway\r\nAuthorization: hidden\r\n\r\n"u8.ToArray());
                break;
            case "TLS":
                await client.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03 });
                break;
            case "negative size":
                await client.SendAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
                break;
            case "huge size":
                await client.SendAsync(new byte[] { 0x7f, 0xff, 0xff, 0xff });
                break;
            case "large before login":
                await client.SendAsync(new byte[] { 0x00, 0x01, 0x11, 0x70 });
                break;
            case "empty frame":
                await client.SendAsync(new byte[4]);
                break;
            case "short frame":
                await client.SendAsync(new byte[] { 0, 0, 0, 3, 0, 18, 0 });
                break;
            case "truncated":
                await client.SendAsync(list.AsMemory(0, list.Length - 2));
                client.EndSending();
                break;
            case "unknown API" or "API of brokers":
                BinaryPrimitives.WriteInt16BigEndian(list.AsSpan(4), what == "unknown API" ? (short)10_000 : (short)4);
                await client.SendAsync(list);
                break;
            case "unknown version":
                BinaryPrimitives.WriteInt16BigEndian(list.AsSpan(6), 99);
                await client.SendAsync(list);
                break;
            case "request before login":
                await client.SendAsync(ApiKey.Metadata, 1, RawRequests.Metadata(new Target("orders", Guid.Empty, "", "")));
                break;
            case "header of garbage":
                await client.SendAsync(new byte[] { 0, 0, 0, 12, 0, 18, 0, 3, 0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff });
                break;
            case "authenticate before handshake":
                Assert.Equal((short)ErrorCode.IllegalSaslState, (await client.AuthenticateAsync("app", "x")).Body.Get<short>("errorCode"));
                break;
            case "handshake v0":
                Assert.Equal((short)ErrorCode.UnsupportedVersion, (await client.AskAsync(ApiKey.SaslHandshake, 0, RawRequests.Of(ApiKey.SaslHandshake, nothing))).Body.Get<short>("errorCode"));
                break;
            case "unknown mechanism":
                var refused = (await client.HandshakeAsync("SCRAM-SHA-512")).Body;
                Assert.Equal((short)ErrorCode.UnsupportedSaslMechanism, refused.Get<short>("errorCode"));
                Assert.Equal(["PLAIN", "OAUTHBEARER"], refused.Values("mechanisms"));
                break;
            case "handshake twice":
                await client.HandshakeAsync();
                Assert.Equal((short)ErrorCode.IllegalSaslState, (await client.HandshakeAsync()).Body.Get<short>("errorCode"));
                break;
            default:
                throw new NotSupportedException(what);
        }
    }
}
