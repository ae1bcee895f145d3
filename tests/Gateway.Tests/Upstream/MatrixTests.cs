using Confluent.Kafka;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>Every protocol and mechanism towards brokers, with right and with wrong credentials, by real clients through a real node.</summary>
[Collection(MatrixCollection.Name)]
public class MatrixTests(MatrixFixture fixture)
{
    [Theory]
    [InlineData("main")]
    [MemberData(nameof(Cell.Right), MemberType = typeof(Cell))]
    public async Task Clients_write_and_read(string cluster)
    {
        Assert.SkipWhen(!MatrixFixture.HasKdc && cluster.Contains("gssapi", StringComparison.Ordinal), "needs krb5-kdc and krb5-admin-server");
        var matrix = await fixture.StartedAsync();
        await MatrixFixture.UntilAsync(async () => (await matrix.HealthAsync(cluster)).GetProperty("reachable").GetBoolean(), $"{cluster} was not reached: {await matrix.HealthAsync(cluster)}");
        var value = Guid.NewGuid().ToString();
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig(matrix.Client("v-" + cluster)) { MessageTimeoutMs = 15_000 }).Build())
        {
            Assert.Equal(PersistenceStatus.Persisted, (await producer.ProduceAsync("lines", new Message<Null, string> { Value = value })).Status);
        }

        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(matrix.Client("v-" + cluster)) { GroupId = "g" }).Build();
        consumer.Assign(new TopicPartitionOffset("lines", 0, Offset.Beginning));
        string? read = null;
        for (var until = DateTime.UtcNow.AddSeconds(15); read != value && DateTime.UtcNow < until;)
        {
            read = consumer.Consume(TimeSpan.FromSeconds(1))?.Message.Value;
        }

        Assert.Equal(value, read);
        Assert.Null((await matrix.HealthAsync(cluster)).GetProperty("problem").GetString());
    }

    [Theory]
    [MemberData(nameof(Cell.Wrong), MemberType = typeof(Cell))]
    public async Task Operators_are_told_what_is_wrong_and_clients_are_let_go(string cluster)
    {
        Assert.SkipWhen(!MatrixFixture.HasKdc && cluster.Contains("gssapi", StringComparison.Ordinal), "needs krb5-kdc and krb5-admin-server");
        var matrix = await fixture.StartedAsync();
        var cell = Cell.All.Single(c => c.Name == cluster);
        await MatrixFixture.UntilAsync(async () => (await matrix.HealthAsync(cluster)).GetProperty("problem").GetString() is not null, "Nothing is said against it.");
        var health = await matrix.HealthAsync(cluster);
        Assert.False(health.GetProperty("reachable").GetBoolean());
        Assert.Contains(cell.Problem!, health.GetProperty("problem").GetString()!, StringComparison.Ordinal);
        Assert.Contains($"hysical cluster {cluster} ", matrix.Node.Log, StringComparison.Ordinal);

        // As a broker does that cannot serve: the client tries again later, its own credentials are not in question.
        await using var client = await RawClient.ConnectAsync(matrix.Node.PortStart);
        Assert.Equal(0, (await client.HandshakeAsync()).Body.Get<short>("errorCode"));
        Assert.Null(await client.TryAskAsync(ApiKey.SaslAuthenticate, 2, RawClient.NewRequest(ApiKey.SaslAuthenticate).Set("authBytes", System.Text.Encoding.UTF8.GetBytes($"\0app\0{matrix.Tenants.Token("v-" + cluster, "app")}"))));
    }

    [Fact]
    public async Task No_secret_is_in_the_log_or_in_health()
    {
        var matrix = await fixture.StartedAsync();
        await MatrixFixture.UntilAsync(async () => (await matrix.HealthAsync("sasl-ssl-wrong-scram-512")).GetProperty("problem").GetString() is not null, "Nothing is said against it.");
        using var http = new HttpClient();
        var told = matrix.Node.Log + await http.GetStringAsync($"http://127.0.0.1:{matrix.Node.HttpPort}/health/ready");
        Assert.All([Cell.WrongPassword, "alice-secret", "bob-secret", "bob-session-token", "stranger-secret", "changeit", "PRIVATE KEY", "eyJ"], secret => Assert.DoesNotContain(secret, told, StringComparison.Ordinal));
    }
}
