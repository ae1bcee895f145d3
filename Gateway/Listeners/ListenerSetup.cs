using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>Binds a port for each slot, and the HTTP port.</summary>
public static class ListenerSetup
{
    /// <summary>Bytes that the transport may hold for a connection in each direction, beside the relay's own buffer.</summary>
    private const int TransportBuffer = 64 * 1024;

    public static void AddListeners(this WebApplicationBuilder builder, GatewayOptions options)
    {
        if (options.Tls is not null)
        {
            builder.Services.AddSingleton<ListenerTls>();
            builder.Services.AddHostedService(s => s.GetRequiredService<ListenerTls>());
        }

        builder.Services.AddSingleton<Draining>();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        builder.WebHost.UseSockets(s =>
        {
            s.NoDelay = true;
            s.MaxReadBufferSize = TransportBuffer;
            s.MaxWriteBufferSize = TransportBuffer;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            for (var slot = 0; slot < options.PortCount; slot++)
            {
                kestrel.Listen(Address(options.BindAddress, "GATEWAY_BIND_ADDRESS"), options.PortStart + slot, listen =>
                {
                    if (options.Tls is not null)
                    {
                        var handshakes = kestrel.ApplicationServices.GetRequiredService<ListenerTls>();
                        listen.UseHttps(new TlsHandshakeCallbackOptions
                        {
                            HandshakeTimeout = TimeSpan.FromSeconds(10),
                            OnConnection = context => ValueTask.FromResult(handshakes.Handshake(context.Connection.RemoteEndPoint)),
                        });
                    }

                    listen.UseConnectionHandler<KafkaConnectionHandler>();
                });
            }

            kestrel.Listen(Address(options.HttpBindAddress, "GATEWAY_HTTP_BIND_ADDRESS"), options.HttpPort);
        });
    }

    private static IPAddress Address(string text, string name) =>
        IPAddress.TryParse(text, out var address) ? address : throw new InvalidSettingException($"{name} is '{text}': an IP address is needed.");
}
