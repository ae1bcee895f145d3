using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Aliases;

public static class AliasSetup
{
    public static void AddAliases(this StoreOptions options)
    {
        options.AddStream<Alias>(
            (typeof(AliasCreated), "alias_created"), (typeof(AliasRemoved), "alias_removed"), (typeof(AliasRetargeted), "alias_retargeted"),
            (typeof(AliasRenamed), "alias_renamed"), (typeof(FormerNameEnded), "former_name_ended"));
        options.Schema.For<Alias>().Index(x => x.VirtualClusterId);
    }

    public static void AddAliases(this WebApplicationBuilder builder)
    {
        builder.Services.AddOwnTables("aliases", FormerNames.Sql);
        builder.Services.AddSingleton<FormerNames>().AddHostedService<FormerNamesClock>();
    }
}
