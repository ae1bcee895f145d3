using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>The gateway's own certificate is exchanged while clients are connected, at a broker that asks for one.</summary>
[Collection(MatrixCollection.Name)]
public class ReloadTests(MatrixFixture fixture)
{
    private const string Cluster = "mtls-reload";

    [Fact]
    public async Task Old_connections_live_on_new_ones_show_the_new_certificate_and_a_broken_file_keeps_the_last()
    {
        var matrix = await fixture.StartedAsync();
        var certificates = matrix.Kafka.Environment["KAFKA_TLS"];
        await MatrixFixture.UntilAsync(async () => (await matrix.HealthAsync(Cluster)).GetProperty("reachable").GetBoolean(), "It was not reached.");
        await using var old = await RawClient.LoggedInAsync(matrix.Node.PortStart, "app", matrix.Tenants.Token("v-" + Cluster, "app"));
        await ServedAsync(old);

        // A certificate that the broker does not take: seen only if new connections show it.
        File.Copy(Path.Combine(certificates, "foreign.pem"), matrix.KeyStoreThatChanges, overwrite: true);
        await MatrixFixture.UntilAsync(async () => !await IsServedAsync(matrix), "The new certificate is not shown.");
        await ServedAsync(old);

        File.Copy(Path.Combine(certificates, "bob.pem"), matrix.KeyStoreThatChanges, overwrite: true);
        await MatrixFixture.UntilAsync(() => IsServedAsync(matrix), "The certificate that is good again is not shown.", seconds: 30);

        await File.WriteAllTextAsync(matrix.KeyStoreThatChanges, "half a file", TestContext.Current.CancellationToken);
        await MatrixFixture.UntilAsync(() => Task.FromResult(matrix.Node.Log.Contains("changing.pem has changed and cannot be used, the old content stays", StringComparison.Ordinal)), "Nothing is said of the broken file.");
        Assert.True(await IsServedAsync(matrix));
        await ServedAsync(old);
    }

    private static async Task ServedAsync(RawClient client) =>
        Assert.NotEmpty((await client.AskAsync(ApiKey.Metadata, 9, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null))).Body.List("topics"));

    private static async Task<bool> IsServedAsync(MatrixFixture matrix)
    {
        await using var client = await RawClient.ConnectAsync(matrix.Node.PortStart);
        await client.HandshakeAsync();
        return await client.TryAskAsync(ApiKey.SaslAuthenticate, 2, RawClient.NewRequest(ApiKey.SaslAuthenticate).Set("authBytes", System.Text.Encoding.UTF8.GetBytes($"\0app\0{matrix.Tenants.Token("v-" + Cluster, "app")}"))) is not null;
    }
}
