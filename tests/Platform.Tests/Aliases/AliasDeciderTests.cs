using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Aliases;

public sealed class AliasDeciderTests
{
    private static readonly AliasCreated Created = new("a-1", "vc-1", "acme", "orders", "p-1", "main", "sales.orders.v1", SharePermission.Read, null, "org-1");

    private static CreateAlias Create(string name = "orders", string topic = "sales.orders.v1", SharePermission permission = SharePermission.Read) =>
        new(Given.Ask, "a-1", "acme", name, null, topic, permission);

    [Fact]
    public void A_known_topic_gets_a_name() => AliasDecider.Decide(Create(), Given.Partner, Given.Main, true).Events(Created);

    [Fact]
    public void A_topic_that_no_node_has_seen_is_refused_retriably()
    {
        var decision = AliasDecider.Decide(Create(), Given.Partner, Given.Main, false);
        decision.Refused(Codes.ValidationFailed, "topic-exists");
        Assert.True(decision.Refusal!.Retriable);
    }

    [Fact]
    public void A_cluster_that_is_not_there_is_refused() =>
        AliasDecider.Decide(Create(), null, Given.Main, true).Refused(Codes.NotFound);

    [Fact]
    public void Passthrough_has_no_aliases() =>
        AliasDecider.Decide(Create(), Given.Partner with { Kind = VirtualClusterKind.Passthrough }, Given.Main, true).Refused(Codes.ValidationFailed, "no-alias-in-passthrough");

    [Fact]
    public void A_removed_cluster_is_refused() =>
        AliasDecider.Decide(Create(), Given.Partner with { Removed = true }, Given.Main, true).Refused(Codes.NotFound);

    [Fact]
    public void An_unknown_physical_cluster_is_refused() =>
        AliasDecider.Decide(Create(), Given.Partner, null, true).Refused(Codes.NotFound);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("orders\n")]
    public void A_name_that_Kafka_would_not_take_is_refused(string name) =>
        AliasDecider.Decide(Create(name), Given.Partner, Given.Main, true).Refused(Codes.ValidationFailed, "topic-name");

    [Fact]
    public void A_name_of_249_characters_is_taken_and_one_of_250_is_not()
    {
        Assert.Null(AliasDecider.Decide(Create(new string('a', 249)), Given.Partner, Given.Main, true).Refusal);
        AliasDecider.Decide(Create(new string('a', 250)), Given.Partner, Given.Main, true).Refused(Codes.ValidationFailed, "topic-name-length");
    }

    [Fact]
    public void In_a_standard_cluster_the_prefix_counts() =>
        AliasDecider.Decide(Create(new string('a', 245)), Given.Standard, Given.Main, true).Refused(Codes.ValidationFailed, "topic-name-length");

    [Fact]
    public void Another_physical_cluster_can_be_read_and_not_written()
    {
        Assert.Null(AliasDecider.Decide(Create(), Given.Partner, Given.Other, true).Refusal);
        AliasDecider.Decide(Create(permission: SharePermission.Write), Given.Partner, Given.Other, true)
            .Refused(Codes.ValidationFailed, "one-cluster-for-writes");
    }

    [Fact]
    public void An_alias_is_removed_once()
    {
        var alias = Given.State<Alias>(Created);
        AliasDecider.Decide(new RemoveAlias(Given.Ask, "acme", "orders"), alias).Events(new AliasRemoved());
        AliasDecider.Decide(new RemoveAlias(Given.Ask, "acme", "orders"), Given.State<Alias>(Created, new AliasRemoved())).Refused(Codes.NotFound);
        AliasDecider.Decide(new RemoveAlias(Given.Ask, "acme", "orders"), null).Refused(Codes.NotFound);
    }

    [Fact]
    public void A_zones_alias_is_withdrawn_through_the_zone() =>
        AliasDecider.Decide(new RemoveAlias(Given.Ask, "acme", "orders"), Given.State<Alias>(Created with { PartnerZoneId = "z-1" })).Refused(Codes.InUse);

    [Fact]
    public void A_name_is_given_to_another_topic_that_is_known_and_a_repeat_changes_nothing()
    {
        var retarget = new RetargetAlias(Given.Ask, "acme", "orders", "sales.orders.v2");
        var state = Given.State<Alias>(Created);
        AliasDecider.Decide(retarget, Given.Partner, state, true).Events(new AliasRetargeted("sales.orders.v2"));
        Assert.Equal("sales.orders.v2", Given.State<Alias>(Created, new AliasRetargeted("sales.orders.v2")).PhysicalTopic);
        Assert.Empty(AliasDecider.Decide(retarget with { PhysicalTopic = "sales.orders.v1" }, Given.Partner, state, true).Events);
        AliasDecider.Decide(retarget, Given.Partner, state, false).Refused(Codes.ValidationFailed, "topic-exists");
        AliasDecider.Decide(retarget with { PhysicalTopic = "a b" }, Given.Partner, state, true).Refused(Codes.ValidationFailed, "topic-name");
        AliasDecider.Decide(retarget, Given.Partner, null, true).Refused(Codes.NotFound);
        AliasDecider.Decide(retarget, Given.Partner, Given.State<Alias>(Created with { PartnerZoneId = "zone-1" }), true).Refused(Codes.InUse);
    }

    [Fact]
    public void A_topic_of_its_own_has_the_name_that_the_tenant_gave_it()
    {
        var standard = Given.Partner with { Kind = VirtualClusterKind.Standard };
        var create = new CreateAlias(Given.Ask, "a-1", standard.Name, "other", null, $"{standard.Name}.orders", SharePermission.Read);
        AliasDecider.Decide(create, standard, Given.Main, true).Refused(Codes.ValidationFailed, "no-alias-of-own-topic");
        var state = Given.State<Alias>(Created with { VirtualClusterId = standard.Id, PhysicalClusterId = standard.PhysicalClusterId });
        AliasDecider.Decide(new RetargetAlias(Given.Ask, standard.Name, "orders", $"{standard.Name}.orders"), standard, state, true).Refused(Codes.ValidationFailed, "no-alias-of-own-topic");
        Assert.Null(AliasDecider.Decide(create, Given.Partner, Given.Main, true).Refusal);
    }

    [Fact]
    public void A_name_is_changed_with_and_without_time_to_follow()
    {
        var rename = new RenameAlias(Given.Ask, "acme", "orders", "orders-v2", new Grace(Given.Now.AddDays(30), TimeSpan.FromDays(7)));
        var state = Given.State<Alias>(Created);
        var former = new FormerName("orders", Given.Now, Given.Now.AddDays(30), TimeSpan.FromDays(7));
        AliasDecider.Decide(rename, state).Events(new AliasRenamed("orders-v2", former));
        AliasDecider.Decide(rename with { Grace = null }, state).Events(new AliasRenamed("orders-v2", null));
        Assert.Empty(AliasDecider.Decide(rename with { To = "orders" }, state).Events);
        Assert.Equal(("orders-v2", former), Given.State<Alias>(Created, new AliasRenamed("orders-v2", former)) is var after ? (after.Name, after.Former) : default);
        AliasDecider.Decide(rename, null).Refused(Codes.NotFound);
        AliasDecider.Decide(rename, Given.State<Alias>(Created with { PartnerZoneId = "zone-1" })).Refused(Codes.InUse);
        AliasDecider.Decide(rename with { To = "a b" }, state).Refused(Codes.ValidationFailed, "topic-name");
    }

    [Fact]
    public void A_topic_has_two_names_at_most_and_a_rename_can_be_taken_back()
    {
        var former = new FormerName("orders", Given.Now, Given.Now.AddDays(30), null);
        var state = Given.State<Alias>(Created, new AliasRenamed("orders-v2", former));
        AliasDecider.Decide(new RenameAlias(Given.Ask, "acme", "orders-v2", "orders-v3", null), state).Refused(Codes.InUse, "one-former-name");
        AliasDecider.Decide(new RenameAlias(Given.Ask, "acme", "orders-v2", "orders", null), state).Events(new AliasRenamed("orders", null));
        AliasDecider.Decide(new EndFormerName(Given.Ask, "acme", "orders-v2"), state).Events(new FormerNameEnded("orders"));
        Assert.Empty(AliasDecider.Decide(new EndFormerName(Given.Ask, "acme", "orders"), Given.State<Alias>(Created)).Events);
        Assert.Empty(AliasDecider.EndFormer(state with { Removed = true }).Events);
    }

    [Theory]
    [InlineData(null, null, "former-name-ends")]
    [InlineData(0, null, "former-name-until")]
    [InlineData(400, null, "former-name-until")]
    [InlineData(null, 0, "former-name-unused")]
    [InlineData(10, 400, "former-name-unused")]
    public void A_former_name_ends_within_a_year(int? untilDays, int? unusedDays, string rule) =>
        AliasDecider.Decide(
            new RenameAlias(Given.Ask, "acme", "orders", "orders-v2", new Grace(untilDays is { } d ? Given.Now.AddDays(d) : null, unusedDays is { } u ? TimeSpan.FromDays(u) : null)),
            Given.State<Alias>(Created)).Refused(Codes.ValidationFailed, rule);
}
