using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Sharing;

/// <summary>Identity, Platform and nodes that reach each other by TLS, as docs/settings.md says it.</summary>
public sealed class TlsBetweenPartsTests(EmbeddedStack embedded)
{
    [Fact]
    public async Task Partners_are_served_and_changes_enforced_when_all_parts_speak_TLS_under_an_authority_of_their_own()
    {
        var folder = Directory.CreateTempSubdirectory("tls-").FullName;
        await using var stack = await StackUnderTest.StartAsync(embedded.Kafka, StackTls.MakeIn(folder));
        var login = await stack.Api.NewPartnerAsync("encrypted");
        await using var reader = new RunningReader(stack.Bootstrap, login, "orders");
        await reader.MoreAsync(TimeSpan.FromSeconds(15));

        await stack.Api.EnforceAsync("revokeServiceAccount", new { virtualCluster = "encrypted", name = login.Username });

        Assert.Null(await PartnerPlatform.Stack.Kafka.RawSession.TryOpenAsync(stack.Nodes[0], login));
        using var stranger = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust } } });
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(new Uri(stack.PlatformUrl, "health/live"), TestContext.Current.CancellationToken));
        Assert.IsType<AuthenticationException>(refused.InnerException);
        Directory.Delete(folder, recursive: true);
    }
}
