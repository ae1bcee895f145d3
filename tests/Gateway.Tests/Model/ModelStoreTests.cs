using System.Text;
using System.Text.Json;
using CsCheck;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Model;

public class ModelStoreTests
{
    [Fact]
    public void A_virtual_cluster_is_assembled_whatever_the_order_of_its_documents()
    {
        foreach (var order in Permutations([.. Zone().Entries]))
        {
            var store = new ModelStore();
            for (var i = 0; i < order.Count; i++)
            {
                store.Apply(order[i] with { Number = i + 1 });
            }

            var cluster = store.Find("acme")!.Current!;
            Assert.Equal("sales.orders.v1", cluster.Aliases.Find("orders"u8)!.PhysicalTopic);
            Assert.True(cluster.Accounts.ContainsKey("app"));
            Assert.True(cluster.Acls.Allows("User:app", "10.0.0.1", Gateway.Authorization.Operation.Read, Gateway.Authorization.ResourceType.Topic, "orders"));
        }
    }

    [Fact]
    public void What_holds_none_of_the_documents_is_of_another_installation()
    {
        var store = new ModelStore();
        var ours = Zone().Entries;
        Assert.False(store.SharesNothingWith(ours));
        store.Replace([.. ours]);
        Assert.False(store.SharesNothingWith(ours.Take(1)));
        Assert.True(store.SharesNothingWith([]));
        Assert.True(store.SharesNothingWith(new Tenants().VirtualCluster("theirs", VirtualClusterKind.Partner).Entries));
    }

    [Fact]
    public void Repeats_and_snapshots_end_in_the_same_documents()
    {
        var changes = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Bool).List[1, 40];
        Gen.Select(changes, Gen.Int[0, 5].List[0, 20]).Sample((sequence, repeats) =>
        {
            var tenants = new Tenants();
            var feed = new List<FeedEntry>();
            foreach (var (cluster, alias, removed) in sequence)
            {
                tenants.VirtualCluster($"vc{cluster}", VirtualClusterKind.Partner);
                feed.Add(tenants.Entries[^1]);
                tenants.Put(FeedKinds.Alias, $"{cluster}-{alias}", removed ? null : new AliasDocument($"{cluster}-{alias}", $"vc{cluster}", $"a{alias}", "main", $"t{alias}", SharePermission.Read));
                feed.Add(tenants.Entries.MaxBy(e => e.Number)!);
            }

            var once = new ModelStore();
            feed.ForEach(once.Apply);
            var stuttering = new ModelStore();
            for (var i = 0; i < feed.Count; i++)
            {
                stuttering.Apply(feed[i]);
                foreach (var back in repeats.Where(r => r <= i))
                {
                    stuttering.Apply(feed[i - back]);
                }
            }

            var snapshot = new ModelStore();
            snapshot.Replace(once.Documents());
            return Show(once) == Show(stuttering) && Show(once) == Show(snapshot);
        });
    }

    [Fact]
    public void A_document_that_cannot_be_read_changes_nothing_and_is_not_stepped_over()
    {
        var tenants = Zone();
        var store = new ModelStore();
        store.Replace(tenants.Entries);
        var (before, applied) = (Show(store), store.Applied);
        tenants.Acls("acme", new AclBinding("TOPIC", "*", "LITERAL", "User:app", "*", "FLY", "ALLOW"));
        var broken = tenants.Entries.Single(e => e.Key == "accessControl/acme");
        Assert.Throws<FormatException>(() => store.Apply(broken));
        Assert.Throws<FormatException>(() => store.Apply(broken));
        Assert.Throws<FormatException>(() => store.Replace(tenants.Entries));
        Assert.Equal((before, applied), (Show(store), store.Applied));
        Assert.True(store.Find("acme")!.Current!.Acls.Allows("User:app", "h", Gateway.Authorization.Operation.Read, Gateway.Authorization.ResourceType.Topic, "orders"));
    }

    [Fact]
    public void A_change_reaches_only_the_virtual_cluster_that_it_touches()
    {
        var tenants = Zone().VirtualCluster("other", VirtualClusterKind.Standard);
        var store = new ModelStore();
        store.Replace(tenants.Entries);
        var other = store.Find("other")!.Current;
        var changed = new List<string>();
        store.VirtualClusterChanged += (handle, _) => changed.Add(handle.Id);
        tenants.Alias("acme", "more", "sales.more.v1", SharePermission.Read);
        store.Apply(tenants.Entries.MaxBy(e => e.Number)!);
        Assert.Equal(["acme"], changed);
        Assert.Same(other, store.Find("other")!.Current);
    }

    [Fact]
    public void Rights_are_the_same_while_only_accounts_change()
    {
        var tenants = Zone();
        var store = new ModelStore();
        store.Replace(tenants.Entries);
        var before = store.Find("acme")!.Current!;

        Assert.True(Changed(t => t.Account("acme", "another")).GivesTheSameAs(before));
        var narrower = Changed(t => t.Acls("acme", [.. Tenants.Granted("TOPIC", "app", "READ")]));
        Assert.False(narrower.GivesTheSameAs(before));
        var wider = Changed(t => t.Alias("acme", "orders", "sales.orders.v1", SharePermission.ReadWrite));
        Assert.False(wider.GivesTheSameAs(narrower));
        Assert.True(wider.HasTheNamesOf(narrower));
        Assert.False(Changed(t => t.Alias("acme", "orders", "sales.orders.v2", SharePermission.ReadWrite)).HasTheNamesOf(wider));

        VirtualCluster Changed(Action<Tenants> change)
        {
            change(tenants);
            store.Apply(tenants.Entries.MaxBy(e => e.Number)!);
            return store.Find("acme")!.Current!;
        }
    }

    private static Tenants Zone() => new Tenants()
        .VirtualCluster("acme", VirtualClusterKind.Partner, superUsers: "acme-admin")
        .Alias("acme", "orders", "sales.orders.v1", SharePermission.Read)
        .Account("acme", "app")
        .ZoneAcls("acme", "app");

    private static string Show(ModelStore store)
    {
        var text = new StringBuilder(JsonSerializer.Serialize(store.Documents().OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => new { d.Key, d.Content })));
        foreach (var cluster in store.VirtualClusters.Select(v => v.Current).Where(v => v is not null).OrderBy(v => v!.Id, StringComparer.Ordinal))
        {
            text.Append(cluster!.Name).AppendJoin(',', cluster.Aliases.Values.Select(a => a.Name).Order(StringComparer.Ordinal)).AppendJoin(',', cluster.Accounts.Keys.Order(StringComparer.Ordinal));
        }

        return text.ToString();
    }

    private static IEnumerable<List<FeedEntry>> Permutations(List<FeedEntry> entries) =>
        entries.Count <= 1 ? [entries] : entries.SelectMany((entry, i) => Permutations([.. entries.Where((_, k) => k != i)]).Select(rest => (List<FeedEntry>)[entry, .. rest]));
}
