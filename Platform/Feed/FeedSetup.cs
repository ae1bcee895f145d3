using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Feed;

public static class FeedSetup
{
    public static void AddFeed(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(FeedOptions.Default with
        {
            MaximumLag = builder.Configuration.Number("PLATFORM_FEED_MAXIMUM_LAG", FeedOptions.Default.MaximumLag, 1),
        });
        builder.Services.AddOwnTables("feed", FeedTables.Sql);
        builder.Services.AddSingleton<FeedReader>().AddSingleton<FeedAcks>().AddSingleton<FeedSignal>().AddSingleton<Enforcement>();
        builder.Services.AddHostedService(sp => sp.GetRequiredService<FeedSignal>());
    }
}
