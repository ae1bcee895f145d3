using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.PartnerZones;

public sealed class PartnerZoneDeciderTests
{
    private static readonly TopicToShare Orders = new("a-1", "orders", "sales.orders.v1", SharePermission.Read);
    private static readonly HashSet<string> Known = ["sales.orders.v1"];
    private static readonly HashSet<string> None = [];
    private static readonly PartnerZoneCreated Created = new("z-1", "acme", "org-1", "vc-1", "acme", "p-1", "main", "acme-admin");
    private static readonly TopicShared Shared = new("a-1", "orders", "sales.orders.v1", SharePermission.Read);
    private static readonly SharedTopicReady Ready = new("a-1");

    private static CreatePartnerZone Create(params TopicToShare[] topics) => new(
        Given.Ask, "z-1", "vc-1", "acl-1", "s-0", "acme", "acme", "main", null, null, topics, [new AccountToCreate("s-1", "app")]);

    [Fact]
    public void A_zone_whose_topics_are_there_is_ready()
    {
        var decision = PartnerZoneDecider.Decide(Create(Orders), Given.Acme, Given.Partner, Known);
        decision.Events(Created, Shared, Ready);
        Assert.Equal(PartnerZoneStatus.Ready, Fold.All<PartnerZone>(null, decision.Events)!.Status);
    }

    [Fact]
    public void A_zone_that_misses_a_topic_is_pending()
    {
        var decision = PartnerZoneDecider.Decide(Create(Orders), Given.Acme, Given.Partner, None);
        decision.Events(Created, Shared);
        Assert.Equal(PartnerZoneStatus.Pending, Fold.All<PartnerZone>(null, decision.Events)!.Status);
    }

    [Fact]
    public void Bad_zones_are_refused()
    {
        PartnerZoneDecider.Decide(Create() with { Name = "Acme" }, Given.Acme, Given.Partner, Known).Refused(Codes.ValidationFailed, "slug");
        PartnerZoneDecider.Decide(Create() with { SuperUser = "a b" }, Given.Acme, Given.Partner, Known).Refused(Codes.ValidationFailed, "account-name");
        PartnerZoneDecider.Decide(Create(Orders, Orders), Given.Acme, Given.Partner, Known).Refused(Codes.ValidationFailed, "unique-name");
        PartnerZoneDecider.Decide(Create(Orders, Orders with { Name = "again" }), Given.Acme, Given.Partner, Known).Refused(Codes.ValidationFailed, "one-name-per-topic");
        PartnerZoneDecider.Decide(Create(Orders with { Name = "a b" }), Given.Acme, Given.Partner, Known).Refused(Codes.ValidationFailed, "topic-name");
        PartnerZoneDecider.Decide(Create() with { SuperUser = "app" }, Given.Acme, Given.Partner, Known).Refused(Codes.ValidationFailed, "unique-name");
        PartnerZoneDecider.Decide(Create(), null, Given.Partner, Known).Refused(Codes.NotFound);
        PartnerZoneDecider.Decide(Create(), Given.Acme, null, Known).Refused(Codes.NotFound);
        PartnerZoneDecider.Decide(Create([.. Enumerable.Range(0, 1001).Select(i => Orders with { Name = $"t{i}" })]), Given.Acme, Given.Partner, Known).Refused(Codes.LimitReached);
        PartnerZoneDecider.Decide(Create() with { ServiceAccounts = [.. Enumerable.Range(0, 51).Select(i => new AccountToCreate("", $"a{i}"))] }, Given.Acme, Given.Partner, Known).Refused(Codes.LimitReached);
    }

    [Fact]
    public void A_topic_is_shared_once_under_a_name()
    {
        var share = new ShareTopic(Given.Ask, "acme", Orders);
        PartnerZoneDecider.Decide(share, Given.State<PartnerZone>(Created), true).Events(Shared, Ready);
        PartnerZoneDecider.Decide(share, Given.State<PartnerZone>(Created), false).Events(Shared);
        PartnerZoneDecider.Decide(share, Given.State<PartnerZone>(Created, Shared), true).Refused(Codes.NameTaken);
        PartnerZoneDecider.Decide(share with { Topic = Orders with { Name = "" } }, Given.State<PartnerZone>(Created), true).Refused(Codes.ValidationFailed);
        PartnerZoneDecider.Decide(share, null, true).Refused(Codes.NotFound);
    }

    [Fact]
    public void What_is_not_shared_cannot_be_withdrawn()
    {
        var withdraw = new WithdrawTopic(Given.Ask, "acme", "orders");
        PartnerZoneDecider.Decide(withdraw, Given.State<PartnerZone>(Created, Shared, Ready)).Events(new TopicWithdrawn("a-1"));
        PartnerZoneDecider.Decide(withdraw, Given.State<PartnerZone>(Created)).Refused(Codes.NotFound);
        PartnerZoneDecider.Decide(withdraw, null).Refused(Codes.NotFound);
    }

    [Fact]
    public void A_zone_is_suspended_and_resumed()
    {
        var active = Given.State<PartnerZone>(Created);
        var suspended = Given.State<PartnerZone>(Created, new PartnerZoneSuspended());
        PartnerZoneDecider.Decide(new SuspendPartnerZone(Given.Ask, "acme"), active).Events(new PartnerZoneSuspended());
        PartnerZoneDecider.Decide(new SuspendPartnerZone(Given.Ask, "acme"), suspended).Events();
        PartnerZoneDecider.Decide(new ResumePartnerZone(Given.Ask, "acme"), suspended).Events(new PartnerZoneResumed());
        PartnerZoneDecider.Decide(new ResumePartnerZone(Given.Ask, "acme"), active).Events();
        PartnerZoneDecider.Decide(new SuspendPartnerZone(Given.Ask, "acme"), null).Refused(Codes.NotFound);
        PartnerZoneDecider.Decide(new ResumePartnerZone(Given.Ask, "acme"), null).Refused(Codes.NotFound);
    }

    [Fact]
    public void What_is_missing_for_too_long_has_failed_and_completes_all_the_same_when_it_comes()
    {
        var pending = Given.State<PartnerZone>(Created, Shared);
        PartnerZoneDecider.Decide(new CompletePartnerZone(Given.Ask, "z-1", false), pending, None).Events();
        var late = PartnerZoneDecider.Decide(new CompletePartnerZone(Given.Ask, "z-1", true), pending, None);
        var failed = Fold.All(pending, late.Events)!;
        Assert.Equal(PartnerZoneStatus.Failed, failed.Status);
        PartnerZoneDecider.Decide(new CompletePartnerZone(Given.Ask, "z-1", true), failed, None).Events();
        var done = PartnerZoneDecider.Decide(new CompletePartnerZone(Given.Ask, "z-1", false), failed, Known);
        done.Events(Ready);
        Assert.Equal(PartnerZoneStatus.Ready, Fold.All(failed, done.Events)!.Status);
        PartnerZoneDecider.Decide(new CompletePartnerZone(Given.Ask, "z-1", false), null, Known).Refused(Codes.NotFound);
    }
}
