using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Tests.Hosting;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Tests.VirtualClusters;

public sealed class VirtualClusterDeciderTests
{
    private static readonly VirtualClusterCreated Created = new("vc-1", "team", VirtualClusterKind.Standard, "p-1", "main", true, [], null);

    private static CreateVirtualCluster Create(string name = "team") =>
        new(Given.Ask, "vc-1", "acl-1", name, VirtualClusterKind.Standard, "main", true, [], null);

    private static CreateVirtualCluster Partner(params string[] superUsers) => Create() with { Kind = VirtualClusterKind.Partner, SuperUsers = superUsers };

    [Fact]
    public void A_cluster_is_created() => VirtualClusterDecider.Decide(Create(), Given.Main, null, null).Events(Created);

    [Theory]
    [InlineData("")]
    [InlineData("Team")]
    [InlineData("a.b")]
    [InlineData("a_b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_name_that_would_not_be_prefix_free_is_refused(string name) =>
        VirtualClusterDecider.Decide(Create(name), Given.Main, null, null).Refused(Codes.ValidationFailed, "slug");

    [Fact]
    public void A_prefix_that_is_in_use_is_refused() =>
        VirtualClusterDecider.Decide(Create(), Given.Main, null, "team.old").Refused(Codes.ValidationFailed, "prefix-unused");

    [Fact]
    public void An_unknown_physical_cluster_or_organisation_is_refused()
    {
        VirtualClusterDecider.Decide(Create(), null, null, null).Refused(Codes.NotFound);
        VirtualClusterDecider.Decide(Create() with { Organization = "nobody" }, Given.Main, null, null).Refused(Codes.NotFound);
    }

    [Fact]
    public void A_partner_cluster_has_acls_and_a_super_user()
    {
        VirtualClusterDecider.Decide(Partner("admin") with { AclEnabled = false }, Given.Main, null, null).Refused(Codes.ValidationFailed, "partner-acls");
        VirtualClusterDecider.Decide(Partner(), Given.Main, null, null).Refused(Codes.ValidationFailed, "partner-super-user");
        Assert.Null(VirtualClusterDecider.Decide(Partner("admin"), Given.Main, null, null).Refusal);
    }

    [Fact]
    public void Passthrough_leads_to_the_main_cluster_as_it_is_and_is_nobodys()
    {
        var passthrough = Create("raw") with { Kind = VirtualClusterKind.Passthrough, AclEnabled = false };
        Assert.Null(VirtualClusterDecider.Decide(passthrough, Given.Main, null, "raw.topic").Refusal);
        VirtualClusterDecider.Decide(passthrough with { PhysicalCluster = "backup" }, Given.Main, null, null).Refused(Codes.ValidationFailed, "passthrough-main");
        VirtualClusterDecider.Decide(passthrough with { AclEnabled = true }, Given.Main, null, null).Refused(Codes.ValidationFailed, "passthrough-acls");
        VirtualClusterDecider.Decide(passthrough with { SuperUsers = ["admin"] }, Given.Main, null, null).Refused(Codes.ValidationFailed, "passthrough-super-users");
        VirtualClusterDecider.Decide(passthrough with { Organization = "acme" }, Given.Main, null, null).Refused(Codes.ValidationFailed, "passthrough-organization");
    }

    [Fact]
    public void Super_users_have_proper_names_and_are_not_too_many()
    {
        VirtualClusterDecider.Decide(Partner("a b"), Given.Main, null, null).Refused(Codes.ValidationFailed, "account-name");
        VirtualClusterDecider.Decide(Partner([.. Enumerable.Range(0, 101).Select(i => $"u{i}")]), Given.Main, null, null).Refused(Codes.LimitReached);
    }

    [Fact]
    public void A_cluster_is_suspended_and_resumed_and_a_repeat_changes_nothing()
    {
        var suspend = new SuspendVirtualCluster(Given.Ask, "team");
        var resume = new ResumeVirtualCluster(Given.Ask, "team");
        var active = Given.State<VirtualCluster>(Created);
        var suspended = Given.State<VirtualCluster>(Created, new VirtualClusterSuspended());
        VirtualClusterDecider.Decide(suspend, active).Events(new VirtualClusterSuspended());
        VirtualClusterDecider.Decide(suspend, suspended).Events();
        VirtualClusterDecider.Decide(resume, suspended).Events(new VirtualClusterResumed());
        VirtualClusterDecider.Decide(resume, active).Events();
        VirtualClusterDecider.Decide(suspend, null).Refused(Codes.NotFound);
        VirtualClusterDecider.Decide(resume, null).Refused(Codes.NotFound);
    }

    [Fact]
    public void A_cluster_is_removed_once_and_leaves_the_feed()
    {
        var remove = new RemoveVirtualCluster(Given.Ask, "team");
        VirtualClusterDecider.Decide(remove, Given.State<VirtualCluster>(Created)).Events(new VirtualClusterRemoved());
        var removed = Given.State<VirtualCluster>(Created, new VirtualClusterRemoved());
        VirtualClusterDecider.Decide(remove, removed).Refused(Codes.NotFound);
        VirtualClusterDecider.Decide(remove, null).Refused(Codes.NotFound);
        Assert.Null(removed.ToFeed().Content);
    }
}
