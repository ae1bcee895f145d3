using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>Brokers that let a login live for five seconds: connections that are in use must outlive it, several times.</summary>
[Collection(MatrixCollection.Name)]
public class RenewalTests(MatrixFixture fixture)
{
    /// <summary>One connection each, never closed: after its session has expired a broker closes at the next request, so a missed renewal shows.</summary>
    [Fact]
    public async Task Logins_are_renewed_under_requests_in_flight_by_every_mechanism()
    {
        var matrix = await fixture.StartedAsync();
        var clusters = Cell.All.Where(c => c.Problem is null && c.Name.StartsWith("sasl", StringComparison.Ordinal) && (MatrixFixture.HasKdc || !c.IsKerberos)).Select(c => c.Name).ToList();
        Assert.True(clusters.Count >= 12);
        await Task.WhenAll(clusters.Select(c => UseAsync(matrix, c)));
    }

    [Fact]
    public async Task A_connection_that_slept_past_the_end_of_its_login_goes_on()
    {
        var matrix = await fixture.StartedAsync();
        await MatrixFixture.UntilAsync(async () => (await matrix.HealthAsync("sasl-scram-256")).GetProperty("reachable").GetBoolean(), "It was not reached.");
        await using var client = await RawClient.LoggedInAsync(matrix.Node.PortStart, "app", matrix.Tenants.Token("v-sasl-scram-256", "app"));
        await client.AskAsync(ApiKey.Metadata, 9, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null));
        await Task.Delay(MatrixFixture.SessionLifetime * 1.5);
        var answer = await client.AskAsync(ApiKey.Metadata, 9, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null));
        Assert.Contains("lines", answer.Body.List("topics").Select(t => t.Text("name")));
    }

    private static async Task UseAsync(MatrixFixture matrix, string cluster)
    {
        await MatrixFixture.UntilAsync(async () => (await matrix.HealthAsync(cluster)).GetProperty("reachable").GetBoolean(), $"{cluster} was not reached.");
        await using var client = await RawClient.LoggedInAsync(matrix.Node.PortStart, "app", matrix.Tenants.Token("v-" + cluster, "app"));
        var sent = new Queue<int>();
        for (var until = DateTime.UtcNow + (MatrixFixture.SessionLifetime * 2.2); DateTime.UtcNow < until;)
        {
            // Three at once, the first of which the broker holds back: they are under way when a renewal begins.
            sent.Enqueue(await client.SendAsync(ApiKey.Fetch, 4, LongFetch()));
            sent.Enqueue(await client.SendAsync(ApiKey.Metadata, 9, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null)));
            sent.Enqueue(await client.SendAsync(ApiKey.Metadata, 9, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null)));
            while (sent.TryDequeue(out var id))
            {
                var frame = await client.ReceiveAsync();
                Assert.True(frame is not null, $"{cluster}: the connection was closed.");
                Assert.Equal(id, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame));
            }
        }

        Assert.Null((await matrix.HealthAsync(cluster)).GetProperty("problem").GetString());
    }

    private static Node LongFetch()
    {
        var request = RawClient.NewRequest(ApiKey.Fetch).Set("replicaId", -1).Set("maxWaitMs", 300).Set("minBytes", int.MaxValue).Set("maxBytes", 1024);
        var topic = request.NewChild("topics").Set("topic", "lines");
        topic.List("partitions").Add(topic.NewChild("partitions").Set("partition", 0).Set("fetchOffset", 0L).Set("partitionMaxBytes", 1024));
        request.List("topics").Add(topic);
        return request;
    }
}
