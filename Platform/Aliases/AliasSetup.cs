using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Aliases;

public static class AliasSetup
{
    public static void AddAliases(this StoreOptions options)
    {
        options.AddStream<Alias>((typeof(AliasCreated), "alias_created"), (typeof(AliasRemoved), "alias_removed"), (typeof(AliasRetargeted), "alias_retargeted"));
        options.Schema.For<Alias>().Index(x => x.VirtualClusterId);
    }
}
