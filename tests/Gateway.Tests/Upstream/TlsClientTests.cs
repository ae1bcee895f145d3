using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Gateway.Transport;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>Whom the gateway believes to be a broker, and stores that change while it runs.</summary>
public sealed class TlsClientTests : IDisposable
{
    private static readonly X509Certificate2 Root = TlsServer.Certificate("root", isAuthority: true);
    private static readonly X509Certificate2 Stranger = TlsServer.Certificate("root", isAuthority: true);
    private static readonly X509Certificate2 Middle = TlsServer.Certificate("middle", Root, isAuthority: true);

    private readonly string _folder = Directory.CreateTempSubdirectory("tls-").FullName;
    private readonly ListLogger _log = new();
    private readonly SteppedTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_broker_under_a_trusted_authority_is_believed()
    {
        await using var broker = new TlsServer(TlsServer.Certificate("broker", Middle, host: "localhost"), [Middle]);
        Assert.Null(await RefusalAsync(Client(Root), broker));
    }

    [Fact]
    public async Task Any_certificate_in_the_store_is_an_anchor_as_in_Java()
    {
        var certificate = TlsServer.Certificate("broker", Middle, host: "localhost");
        await using var broker = new TlsServer(certificate, [Middle]);
        Assert.Null(await RefusalAsync(Client(Middle), broker));
        Assert.Null(await RefusalAsync(Client(certificate), broker));
    }

    [Theory]
    [InlineData("another authority of the same name", "is not trusted")]
    [InlineData("another host", "is not for localhost")]
    [InlineData("expired", "NotTimeValid")]
    [InlineData("self-signed", "is not trusted")]
    public async Task Others_are_not(string kind, string reason)
    {
        await using var broker = new TlsServer(kind switch
        {
            "another host" => TlsServer.Certificate("broker", Root, host: "other.test"),
            "expired" => TlsServer.Certificate("broker", Root, host: "localhost", expired: true),
            "self-signed" => TlsServer.Certificate("broker", host: "localhost"),
            _ => TlsServer.Certificate("broker", Stranger, host: "localhost"),
        });
        Assert.Contains(reason, await RefusalAsync(Client(Root), broker), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_names_are_not_looked_at_where_that_is_turned_off_but_authorities_are()
    {
        await using var broker = new TlsServer(TlsServer.Certificate("broker", Root, host: "other.test"));
        Assert.Null(await RefusalAsync(Client(Root, verifyHostName: false), broker));
        Assert.Contains("is not trusted", await RefusalAsync(Client(Stranger, verifyHostName: false), broker), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_changes_counts_for_new_connections_and_a_broken_one_does_not()
    {
        await using var broker = new TlsServer(TlsServer.Certificate("broker", Root, host: "localhost"));
        var client = Client(Root);
        await using var old = await OpenAsync(client, broker);

        Write(Stranger);
        Assert.Null(await RefusalAsync(client, broker));
        _time.Pass(TimeSpan.FromSeconds(2));
        Assert.Contains("is not trusted", await RefusalAsync(client, broker), StringComparison.Ordinal);
        await old.SendAsync(new byte[1], TestContext.Current.CancellationToken);

        Write(Root);
        _time.Pass(TimeSpan.FromSeconds(2));
        Assert.Null(await RefusalAsync(client, broker));

        await File.WriteAllTextAsync(Store, "-----BEGIN CERTIFICATE-----\nnonsense", TestContext.Current.CancellationToken);
        _time.Pass(TimeSpan.FromSeconds(2));
        Assert.Null(await RefusalAsync(client, broker));
        File.Delete(Store);
        _time.Pass(TimeSpan.FromSeconds(2));
        Assert.Null(await RefusalAsync(client, broker));
        Assert.Equal([LogLevel.Information, LogLevel.Information, LogLevel.Error, LogLevel.Error], _log.Lines.Select(l => l.Level));
        Assert.All(_log.Lines, l => Assert.Contains("KAFKA_SSL_TRUSTSTORE_LOCATION of physical cluster main", l.Text, StringComparison.Ordinal));
    }

    private string Store => Path.Combine(_folder, "trust.pem");

    private void Write(X509Certificate2 authority) => File.WriteAllText(Store, authority.ExportCertificatePem());

    private TlsClient Client(X509Certificate2 authority, bool verifyHostName = true)
    {
        Write(authority);
        var trust = new StoreOptions("KAFKA_SSL_TRUSTSTORE_LOCATION", StoreFormat.PEM, Store, null, null, null);
        return new TlsClient("main", new TlsOptions(trust, null, verifyHostName, SslProtocols.Tls12 | SslProtocols.Tls13), _time, _log);
    }

    private static async Task<IByteChannel> OpenAsync(TlsClient client, TlsServer broker) =>
        await client.HandshakeAsync(await TestLoops.Shared.ConnectAsync("localhost", broker.Port, TimeSpan.FromSeconds(5), default), "localhost", TestContext.Current.CancellationToken);

    /// <summary>Null: the handshake was good.</summary>
    private static async Task<string?> RefusalAsync(TlsClient client, TlsServer broker)
    {
        try
        {
            await using var channel = await OpenAsync(client, broker);
            return null;
        }
        catch (LoginFailedException e)
        {
            return e.Message;
        }
    }
}
