using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Feed;

internal static class FeedSetup
{
    public static IServiceCollection AddFeed(this IServiceCollection services, IdentityOptions options)
    {
        services.AddHttpClient<FeedClient>(http =>
        {
            http.BaseAddress = new Uri(options.Platform.AbsoluteUri.TrimEnd('/') + "/");
            http.Timeout = FeedClient.Timeout;
        })
        // The follower keeps its client for ever; connections are renewed so that a moved Platform is found.
        .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        return services
            .AddSingleton<FeedToken>()
            .AddSingleton<FeedStatus>()
            .AddSingleton<FeedApplier>()
            .AddHostedService<FeedFollower>();
    }
}
