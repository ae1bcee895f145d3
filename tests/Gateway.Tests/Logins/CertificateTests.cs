using System.Net;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Tests.Upstream;

namespace PartnerPlatform.Gateway.Tests.Logins;

/// <summary>Client certificates and the gateway's own, whose files change while clients are connected.</summary>
[Collection(MatrixCollection.Name)]
public class CertificateTests(MatrixFixture fixture)
{
    [Fact]
    public async Task A_certificate_that_gets_onto_the_revocation_list_loses_its_live_session_and_comes_in_no_more()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var (list, port) = (nodes.RevocationList, nodes["SSL"].PortStart);
        var (soon, stays) = (nodes.Certificates.Issue("soon-revoked", "CN=alice,OU=Soon"), nodes.Certificates.Issue("stays", "CN=alice,OU=Stays"));
        await using var leaves = (await RawClient.ConnectByTlsAsync(port, soon)).Client;
        await using var lives = (await RawClient.ConnectByTlsAsync(port, stays)).Client;
        Assert.True(await IsServedAsync(leaves) && await IsServedAsync(lives));

        nodes.Certificates.Revoke(list, nodes.Revoked, soon);
        await leaves.AssertClosedAsync();
        Assert.False(await IsTakenAsync(port, soon));
        Assert.True(await IsServedAsync(lives));

        // A list that is out of date says nothing that could be believed; a file that is no list changes nothing.
        nodes.Certificates.Revoke(list, DateTimeOffset.UtcNow.AddMinutes(-1), nodes.Revoked);
        await lives.AssertClosedAsync();
        Assert.False(await IsTakenAsync(port, stays));
        nodes.Certificates.Revoke(list, nodes.Revoked);
        await Eventually.TrueAsync(() => IsTakenAsync(port, soon), () => "The certificate that is off the list again is not taken.");
        await File.WriteAllTextAsync(list, "half a list", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => nodes["SSL"].Log.Contains("revoked.crl has changed and cannot be used, the old content stays", StringComparison.Ordinal), () => "Nothing is said of the broken list.");
        Assert.True(await IsTakenAsync(port, stays));
        Assert.False(await IsTakenAsync(port, nodes.Revoked));
        nodes.Certificates.Revoke(list, nodes.Revoked);
    }

    [Fact]
    public async Task A_session_by_a_certificate_under_another_authority_outlives_changes_of_the_files()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var trust = Path.Combine(nodes.Folder, "trusted.pem");
        File.Copy(Path.Combine(nodes.Folder, "ca.pem"), trust, overwrite: true);
        var settings = nodes.Mutual("REQUIRE");
        settings.Remove("GATEWAY_SSL_CRL_PATH");
        settings["GATEWAY_SSL_TRUST_STORE_PATH"] = trust;
        await using var node = await nodes.StartNodeAsync("login-below", "SSL", settings);
        await using var client = (await RawClient.ConnectByTlsAsync(node.PortStart, nodes.Certificates.IssueBelow("below", "CN=alice"))).Client;
        Assert.True(await IsServedAsync(client));

        await File.AppendAllTextAsync(trust, await File.ReadAllTextAsync(Path.Combine(nodes.Folder, "foreign-ca.pem"), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => IsTakenAsync(node.PortStart, Path.Combine(nodes.Folder, "foreign.pem")), () => "The new authority is not trusted.");
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.True(await IsServedAsync(client));

        // Without its authority it ends.
        File.Copy(Path.Combine(nodes.Folder, "foreign-ca.pem"), trust, overwrite: true);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task The_gateways_own_certificate_is_exchanged_under_live_connections()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var keys = Path.Combine(nodes.Folder, "own.pem");
        File.Copy(Path.Combine(nodes.Folder, "server.pem"), keys, overwrite: true);
        var settings = nodes.Mutual("REQUIRE");
        settings["GATEWAY_SSL_KEY_STORE_PATH"] = keys;
        await using var node = await nodes.StartNodeAsync("login-reload", "SSL", settings);
        var alice = Path.Combine(nodes.Folder, "alice.pem");
        var (old, before) = await RawClient.ConnectByTlsAsync(node.PortStart, alice);
        await using var connection = old;
        Assert.True(await IsServedAsync(old));
        Assert.False(await IsTakenAsync(node.PortStart, null));

        File.Copy(Path.Combine(nodes.Folder, "bob.pem"), keys, overwrite: true);
        await Eventually.TrueAsync(async () => (await ShownAsync(node.PortStart, alice)).Subject.Contains("bob", StringComparison.Ordinal), () => "The new certificate is not shown.");
        Assert.DoesNotContain("bob", before.Subject, StringComparison.Ordinal);
        Assert.True(await IsServedAsync(old));

        await File.WriteAllTextAsync(keys, "half a file", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => node.Log.Contains("own.pem has changed and cannot be used, the old content stays", StringComparison.Ordinal), () => "Nothing is said of the broken file.");
        Assert.Contains("bob", (await ShownAsync(node.PortStart, alice)).Subject, StringComparison.Ordinal);
        Assert.True(await IsServedAsync(old));
    }

    [Fact]
    public async Task Without_the_link_nobody_comes_in_without_credentials()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var tenants = new Tenants().ClusterAt("main", 0).VirtualClusterOver("logins", "main");
        await using var node = await nodes.StartNodeAsync("login-closed", "PLAINTEXT", new Dictionary<string, string>(), tenants);
        await using var client = await RawClient.ConnectAsync(node.PortStart);

        Assert.Equal(0, (await client.AskAsync(ApiKey.ApiVersions, 3, RawRequests.Of(ApiKey.ApiVersions, new Target("", Guid.Empty, "", "")))).Body.Get<short>("errorCode"));
        Assert.False(await IsServedAsync(client));
        await using var sasl = await RawClient.ConnectAsync(node.PortStart);
        Assert.Null(await sasl.TryAskAsync(ApiKey.SaslHandshake, 1, RawClient.NewRequest(ApiKey.SaslHandshake).Set("mechanism", "PLAIN")));
    }

    [Fact]
    public async Task A_certificate_that_is_revoked_between_its_handshake_and_the_first_request_loses_its_session()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var (list, port) = (nodes.RevocationList, nodes["SSL"].PortStart);
        var waits = nodes.Certificates.Issue("waits", "CN=alice,OU=Waits");
        await using var client = (await RawClient.ConnectByTlsAsync(port, waits)).Client;
        nodes.Certificates.Revoke(list, nodes.Revoked, waits);
        await Eventually.TrueAsync(async () => !await IsTakenAsync(port, waits), () => "The revoked certificate is still taken.");

        await IsServedAsync(client);
        await client.AssertClosedAsync();
        nodes.Certificates.Revoke(list, nodes.Revoked);
    }

    [Fact]
    public async Task The_node_asks_no_address_that_a_certificate_names()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var certificate = nodes.Certificates.IssueByUnknown("unknown", "CN=alice", new Uri($"http://{listener.LocalEndpoint}/ca.cer"));

        Assert.False(await IsTakenAsync(nodes["SSL"].PortStart, certificate));
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Handshakes_that_never_end_make_room_for_newer_connections()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var settings = nodes.Mutual("REQUIRE");
        settings["GATEWAY_MAX_CONNECTIONS_WAITING"] = "3";
        await using var node = await nodes.StartNodeAsync("login-crowded", "SSL", settings);
        var silent = new List<RawClient>();
        for (var i = 0; i < 5; i++)
        {
            silent.Add(await RawClient.ConnectAsync(node.PortStart));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await silent[0].AssertClosedAsync();
        await silent[1].AssertClosedAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => silent[4].ReceiveAsync(TimeSpan.FromSeconds(1)));
        Assert.True(await IsTakenAsync(node.PortStart, Path.Combine(nodes.Folder, "alice.pem")));
        foreach (var client in silent)
        {
            await client.DisposeAsync();
        }
    }

    private static async Task<System.Security.Cryptography.X509Certificates.X509Certificate2> ShownAsync(int port, string certificate)
    {
        var (client, gateway) = await RawClient.ConnectByTlsAsync(port, certificate);
        await client.DisposeAsync();
        return gateway;
    }

    private static async Task<bool> IsTakenAsync(int port, string? certificate)
    {
        try
        {
            await using var client = (await RawClient.ConnectByTlsAsync(port, certificate)).Client;
            return await IsServedAsync(client);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> IsServedAsync(RawClient client)
    {
        try
        {
            var answer = await client.TryAskAsync(ApiKey.Metadata, 9, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null));
            return answer?.Body.List("topics").Exists(t => t.Text("name") == LoginNodes.Lines) ?? false;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
