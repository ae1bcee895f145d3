using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Feed;

public static class FeedSetup
{
    public static void AddFeed(this WebApplicationBuilder builder, PlatformOptions settings)
    {
        builder.Services.AddSingleton(FeedOptions.Default with { MaximumLag = settings.FeedMaximumLag });
        builder.Services.AddOwnTables("feed", FeedTables.Sql);
        builder.Services.AddSingleton<FeedReader>().AddSingleton<FeedAcks>().AddSingleton<FeedSignal>().AddSingleton<Enforcement>();
        builder.Services.AddHostedService(sp => sp.GetRequiredService<FeedSignal>());
    }
}
