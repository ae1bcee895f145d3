using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace PartnerPlatform.Gateway.Tests.Feed;

public sealed class LostConnectionTests
{
    /// <summary>Enough for some to meet the moment that .NET does not cover.</summary>
    private const int Requests = 400;

    [Fact]
    public async Task A_peer_that_is_gone_at_once_is_one_that_cannot_be_reached()
    {
        using var end = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var resetting = ResetAllAsync(listener, end.Token);
        var services = new ServiceCollection();
        services.AddModel();
        services.AddHttpClient("peer");
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<IHttpClientFactory>();

        for (var i = 0; i < Requests; i++)
        {
            using var client = http.CreateClient("peer");
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://{listener.LocalEndpoint}/"), TestContext.Current.CancellationToken));
        }

        await end.CancelAsync();
        await resetting;
    }

    private static async Task ResetAllAsync(TcpListener listener, CancellationToken end)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(end);
                socket.LingerState = new LingerOption(true, 0);
            }
        }
        catch (OperationCanceledException)
        {
            // It was told to.
        }
    }
}
