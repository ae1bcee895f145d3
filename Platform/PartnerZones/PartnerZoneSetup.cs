using Marten;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.PartnerZones;

public static class PartnerZoneSetup
{
    public static void AddPartnerZones(this StoreOptions options)
    {
        options.AddStream<PartnerZone>(
            (typeof(PartnerZoneCreated), "partner_zone_created"),
            (typeof(TopicShared), "topic_shared"),
            (typeof(SharedTopicReady), "shared_topic_ready"),
            (typeof(TopicWithdrawn), "topic_withdrawn"),
            (typeof(SharedTopicRenamed), "shared_topic_renamed"),
            (typeof(SharedTopicFormerNameEnded), "shared_topic_former_name_ended"),
            (typeof(PartnerZoneSuspended), "partner_zone_suspended"),
            (typeof(PartnerZoneResumed), "partner_zone_resumed"),
            (typeof(PartnerZoneFailed), "partner_zone_failed"));
        options.Schema.For<PartnerZone>().Index(x => x.OrganizationId);
    }

    public static void AddPartnerZones(this WebApplicationBuilder builder, PlatformOptions settings)
    {
        builder.Services.AddSingleton(new PendingZonesOptions(settings.ZonePendingLimit, TimeSpan.FromSeconds(15)));
        builder.Services.AddOwnTables("partner-zones", Shares.Sql);
        builder.Services.AddSingleton<PendingZones>();
        builder.Services.AddSingleton(s => new Addresses(s.GetRequiredService<IDocumentStore>(), new Uri(settings.Identity, "/connect/token").AbsoluteUri));
        builder.Services.AddHostedService<PendingZonesClock>();
    }
}
