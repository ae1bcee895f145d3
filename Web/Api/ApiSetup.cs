using PartnerPlatform.Web.Configuration;
using PartnerPlatform.Web.Live;

namespace PartnerPlatform.Web.Api;

public static class ApiSetup
{
    public static void AddPlatformApi(this IServiceCollection services, WebOptions options)
    {
        // Above the longest that Platform lets a caller wait for enforcement.
        services.AddHttpClient(PlatformApi.Client, http => http.Timeout = TimeSpan.FromSeconds(30));
        services.AddScoped<PlatformApi>();
        services.AddScoped<PlatformSocket>();
        services.AddScoped<LiveChanges>();
        services.AddSingleton(new PlatformSocketAddress(Address(options.Platform)));
    }

    private static Uri Address(Uri platform) =>
        new UriBuilder(new Uri(platform, "graphql")) { Scheme = platform.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
}
