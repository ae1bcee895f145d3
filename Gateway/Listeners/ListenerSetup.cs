using System.Net;
using Microsoft.AspNetCore.Connections;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>Binds a port for each slot, and the HTTP port.</summary>
public static class ListenerSetup
{
    /// <param name="certificate">Of the HTTP port, which Kestrel finds by itself; null: it has no TLS.</param>
    public static void AddListeners(this WebApplicationBuilder builder, GatewayOptions options, string? certificate)
    {
        if (options.Tls is not null)
        {
            builder.Services.AddSingleton<ListenerTls>();
            builder.Services.AddHostedService(s => s.GetRequiredService<ListenerTls>());
        }

        builder.Services.AddSingleton<Draining>();
        builder.Services.AddSingleton<IConnectionListenerFactory, KafkaSockets>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            for (var slot = 0; slot < options.PortCount; slot++)
            {
                kestrel.Listen(Address(options.BindAddress, "GATEWAY_BIND_ADDRESS"), options.PortStart + slot, listen => listen.UseConnectionHandler<KafkaConnectionHandler>());
            }

            kestrel.Listen(Address(options.HttpBindAddress, "GATEWAY_HTTP_BIND_ADDRESS"), options.HttpPort, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps();
                }
            });
        });
    }

    private static IPAddress Address(string text, string name) =>
        IPAddress.TryParse(text, out var address) ? address : throw new InvalidSettingException($"{name} is '{text}': an IP address is needed.");
}
