using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Tests.Upstream;
using PartnerPlatform.Stack.Kafka;
using GatewayError = PartnerPlatform.Gateway.Protocol.ErrorCode;

namespace PartnerPlatform.Gateway.Tests.Logins;

/// <summary>Clients whose credentials the broker judges, and who then have the rights of their own accounts there.</summary>
[Collection(MatrixCollection.Name)]
public class DelegatedTests(MatrixFixture fixture)
{
    private const string Protocol = "DELEGATED_SASL_PLAINTEXT";

    [Theory]
    [InlineData("alice", LoginNodes.Physical)]
    [InlineData("bob", LoginNodes.Lines)]
    public async Task Logins_that_live_for_seconds_are_renewed_by_the_client_under_its_requests(string user, string topic)
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var client = Client(nodes, user);
        var log = nodes[Protocol].Log.Length;
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(client) { EnableIdempotence = true }).Build();
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(client) { GroupId = $"{user}-renewed", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Subscribe(topic);
        var (written, read) = (new HashSet<string>(), new HashSet<string>());
        for (var until = DateTime.UtcNow + (2.5 * MatrixFixture.SessionLifetime); DateTime.UtcNow < until;)
        {
            written.Add((await producer.ProduceAsync(topic, new Message<Null, string> { Value = Guid.NewGuid().ToString() })).Value);
            Read(TimeSpan.FromMilliseconds(50));
        }

        for (var until = DateTime.UtcNow.AddSeconds(20); !written.IsSubsetOf(read) && DateTime.UtcNow < until;)
        {
            Read(TimeSpan.FromSeconds(1));
        }

        Assert.Subset(read, written);
        var said = nodes[Protocol].Log[log..];
        Assert.DoesNotContain("broke", said, StringComparison.Ordinal);
        Assert.DoesNotContain("refused", said, StringComparison.Ordinal);

        void Read(TimeSpan patience)
        {
            if (consumer.Consume(patience)?.Message.Value is { } value)
            {
                read.Add(value);
            }
        }
    }

    [Fact]
    public async Task Passthrough_is_the_cluster_itself_at_the_gateways_addresses()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var node = nodes[Protocol];
        using var admin = new AdminClientBuilder(new AdminClientConfig(Client(nodes, "alice"))).Build();
        await admin.CreateTopicsAsync([new() { Name = "made-through", NumPartitions = 2, ReplicasAssignments = new() { [0] = [0], [1] = [0] } }]);
        var cluster = await admin.DescribeClusterAsync();
        Assert.Equal([(0, "127.0.0.1", node.PortStart)], cluster.Nodes.Select(n => (n.Id, n.Host, n.Port)));
        var topics = admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.ToDictionary(t => t.Topic);
        Assert.Contains("logins.lines", topics.Keys);
        Assert.All(topics["made-through"].Partitions, p => Assert.Equal((0, "0"), (p.Leader, string.Join(',', p.Replicas))));
        var broker = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Broker, Name = "0" }]);
        Assert.Equal("1", broker.Single().Entries["node.id"].Value);
        Assert.Contains((await admin.DescribeAclsAsync(new AclBindingFilter
        {
            PatternFilter = new ResourcePatternFilter { Type = ResourceType.Any, ResourcePatternType = ResourcePatternType.Any }, EntryFilter = new AccessControlEntryFilter { Operation = AclOperation.Any, PermissionType = AclPermissionType.Any },
        })).AclBindings, b => b.Entry.Principal == "User:bob");

        foreach (var acks in new[] { Acks.None, Acks.Leader, Acks.All })
        {
            using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(Client(nodes, "alice")) { Acks = acks }).Build();
            await producer.ProduceAsync("made-through", new Message<Null, string> { Value = $"acks {acks}" });
            producer.Flush(TimeSpan.FromSeconds(10));
        }

        var properties = Path.Combine(node.Folder, "alice.properties");
        await File.WriteAllTextAsync(properties, """
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=SCRAM-SHA-256
            sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="alice-secret";
            """, TestContext.Current.CancellationToken);
        var read = await RealKafka.RunToolAsync(
            ["console-consumer", "--bootstrap-server", $"127.0.0.1:{node.PortStart}", "--topic", "made-through", "--from-beginning", "--max-messages", "3", "--timeout-ms", "30000", "--group", "through", "--command-config", properties]);
        Assert.True(read.ExitCode == 0, read.Text);
        Assert.Equal(["acks All", "acks Leader", "acks None"], read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

        // librdkafka asks for a coordinator by a version whose answer is about one key.
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(Client(nodes, "alice")) { GroupId = "through-librdkafka", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Subscribe("made-through");
        Assert.NotNull(consumer.Consume(TimeSpan.FromSeconds(30)));
        consumer.Commit();
    }

    [Fact]
    public async Task Who_is_linked_to_no_account_has_no_more_rights_than_the_broker_gives()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var token = nodes.Matrix.Issuer.Token("carol", audience: "kafka");
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(new ClientConfig
        {
            BootstrapServers = $"127.0.0.1:{nodes[Protocol].PortStart}", SecurityProtocol = SecurityProtocol.SaslPlaintext, SaslMechanism = SaslMechanism.OAuthBearer,
        })).SetOAuthBearerTokenRefreshHandler((client, _) => client.OAuthBearerSetToken(token, DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds(), "carol")).Build();

        var refused = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => producer.ProduceAsync(LoginNodes.Physical, new Message<Null, string> { Value = "x" }));

        Assert.Equal(Confluent.Kafka.ErrorCode.TopicAuthorizationFailed, refused.Error.Code);
    }

    [Fact]
    public async Task Passthrough_can_be_forbidden()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        await using var node = await nodes.StartNodeAsync("login-mandatory", Protocol, new Dictionary<string, string> { ["GATEWAY_FEATURE_FLAGS_MANDATORY_VCLUSTER"] = "true" });

        Assert.Equal(0, await PlainAsync(node, "bob", "bob-secret"));
        Assert.Equal((short)GatewayError.SaslAuthenticationFailed, await PlainAsync(node, "alice", "alice-secret"));
    }

    [Fact]
    public async Task Owners_of_API_keys_are_asked_for_once_and_who_cannot_be_found_out_is_refused()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        await using var cloud = new FakeConfluentCloud("cloud-key", "cloud-secret");
        await cloud.StartAsync();
        cloud.Owners["alice"] = "sa-abc123";
        var tenants = nodes.Tenants.ForOneNode().LinkedAccount("logins", "cloud", new LoginIdentity(LoginIssuers.Kafka, "sa-abc123"));
        await using var node = await nodes.StartNodeAsync("login-cloud", Protocol, new Dictionary<string, string>
        {
            ["GATEWAY_CONFLUENT_CLOUD_URL"] = cloud.Url, ["GATEWAY_CONFLUENT_CLOUD_API_KEY"] = "cloud-key", ["GATEWAY_CONFLUENT_CLOUD_API_SECRET"] = "cloud-secret",
        }, tenants);

        Assert.Equal([0, 0, 0], await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PlainAsync(node, "alice", "alice-secret"))));
        Assert.Equal(1, cloud.Asked);
        await Eventually.SaidAsync(() => node.Log, "logins User:cloud");

        // bob's key is linked under its own name, but has an owner that nobody knows; the answer "there is none" is kept, too.
        Assert.Equal((short)GatewayError.SaslAuthenticationFailed, await PlainAsync(node, "bob", "bob-secret"));
        Assert.Equal((short)GatewayError.SaslAuthenticationFailed, await PlainAsync(node, "bob", "bob-secret"));
        Assert.Equal(2, cloud.Asked);
        Assert.Equal((short)GatewayError.SaslAuthenticationFailed, await PlainAsync(node, "nobody", "nothing"));
        Assert.Equal(2, cloud.Asked);
        await cloud.DisposeAsync();
        Assert.Equal(0, await PlainAsync(node, "alice", "alice-secret"));
        Assert.Equal((short)GatewayError.SaslAuthenticationFailed, await PlainAsync(node, "admin", "admin-secret"));
        Assert.DoesNotContain("cloud-secret", node.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLAIN", "bob\0alice\0alice-secret")]
    [InlineData("PLAIN", "\0alice\0alice-secret\0")]
    [InlineData("SCRAM-SHA-256", "n,a=bob,n=alice,r=abcdef")]
    [InlineData("SCRAM-SHA-256", "n,,n=token-id,r=abcdef,tokenauth=true")]
    [InlineData("SCRAM-SHA-256", "n,,n=token-id,r=abcdef,tokenauth=TRUE")]
    [InlineData("SCRAM-SHA-256", "p=tls-unique,,n=alice,r=abcdef")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer not-a-token\u0001\u0001")]
    [InlineData("AWS_MSK_IAM", "{\"x-amz-credential\":\"A/1/2/3/aws4_request\",\"X-Amz-Credential\":\"B/1/2/3/aws4_request\"}")]
    [InlineData("AWS_MSK_IAM", "not json")]
    public async Task What_could_mean_two_users_or_none_is_not_passed_on(string mechanism, string message)
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        await using var client = await RawClient.ConnectAsync(nodes[Protocol].PortStart);
        Assert.Equal(0, (await client.HandshakeAsync(mechanism)).Body.Get<short>("errorCode"));

        Assert.Equal((short)GatewayError.SaslAuthenticationFailed, (await client.AuthenticateAsync(Encoding.UTF8.GetBytes(message))).Body.Get<short>("errorCode"));

        await client.AssertClosedAsync();
        await Eventually.SaidAsync(() => nodes[Protocol].Log, $"the {mechanism} message is malformed");
    }

    private static async Task<short> PlainAsync(GatewayNode node, string user, string password)
    {
        await using var client = await RawClient.ConnectAsync(node.PortStart);
        Assert.Equal(0, (await client.HandshakeAsync()).Body.Get<short>("errorCode"));
        return (await client.AuthenticateAsync(user, password)).Body.Get<short>("errorCode");
    }

    private static ClientConfig Client(LoginNodes nodes, string user) => new()
    {
        BootstrapServers = $"127.0.0.1:{nodes[Protocol].PortStart.ToString(CultureInfo.InvariantCulture)}",
        SecurityProtocol = SecurityProtocol.SaslPlaintext,
        SaslMechanism = SaslMechanism.ScramSha256,
        SaslUsername = user,
        SaslPassword = user + "-secret",
    };
}
