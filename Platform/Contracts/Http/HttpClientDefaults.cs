using Microsoft.Extensions.DependencyInjection;

namespace PartnerPlatform.Contracts.Http;

public static class HttpClientDefaults
{
    /// <summary>Has every HTTP client of the process meet lost connections as <see cref="LostConnectionHandler"/> tells.</summary>
    public static IServiceCollection AddLostConnections(this IServiceCollection services) =>
        services.ConfigureHttpClientDefaults(static http => http.AddHttpMessageHandler(static () => new LostConnectionHandler()));
}
