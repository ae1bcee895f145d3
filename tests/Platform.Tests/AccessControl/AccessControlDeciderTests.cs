using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.AccessControl;

public sealed class AccessControlDeciderTests
{
    private static readonly AclBinding Read = new("TOPIC", "orders", "LITERAL", "User:app", "*", "READ", "ALLOW");
    private static readonly AccessControlOpened Opened = new("acl-1", "vc-1", "acme", "org-1");

    private static GrantAccess Grant(params AclBinding[] bindings) => new(Given.Ask, "acme", bindings);

    private static RevokeAccess Revoke(params AclBinding[] bindings) => new(Given.Ask, "acme", bindings);

    [Fact]
    public void A_list_opens_with_its_first_bindings() =>
        AccessControlDecider.Open("acl-1", Given.Partner, [Read]).Events(Opened, new AccessGranted([Read]));

    [Fact]
    public void A_new_binding_is_added_and_one_that_exists_changes_nothing()
    {
        AccessControlDecider.Decide(Grant(Read, Read), Given.State<AccessControlList>(Opened)).Events(new AccessGranted([Read]));
        AccessControlDecider.Decide(Grant(Read), Given.State<AccessControlList>(Opened, new AccessGranted([Read]))).Events();
    }

    [Fact]
    public void A_binding_is_taken_away_and_one_that_is_not_there_is_not_found()
    {
        AccessControlDecider.Decide(Revoke(Read), Given.State<AccessControlList>(Opened, new AccessGranted([Read]))).Events(new AccessRevoked([Read]));
        AccessControlDecider.Decide(Revoke(Read), Given.State<AccessControlList>(Opened)).Refused(Codes.NotFound);
    }

    [Fact]
    public void Nothing_without_a_cluster_or_after_its_end()
    {
        AccessControlDecider.Decide(Grant(Read), null).Refused(Codes.NotFound);
        AccessControlDecider.Decide(Revoke(Read), null).Refused(Codes.NotFound);
        AccessControlDecider.Decide(Grant(Read), Given.State<AccessControlList>(Opened, new AccessControlClosed())).Refused(Codes.NotFound);
    }

    [Fact]
    public void One_to_500_bindings_at_a_time_and_10000_in_all()
    {
        AccessControlDecider.Decide(Grant(), Given.State<AccessControlList>(Opened)).Refused(Codes.ValidationFailed, "acl-count");
        AccessControlDecider.Decide(Grant([.. Enumerable.Repeat(Read, 501)]), Given.State<AccessControlList>(Opened)).Refused(Codes.ValidationFailed, "acl-count");
        var full = new AccessGranted([.. Enumerable.Range(0, 10_000).Select(i => Read with { ResourceName = $"t{i}" })]);
        AccessControlDecider.Decide(Grant(Read), Given.State<AccessControlList>(Opened, full)).Refused(Codes.LimitReached);
    }

    [Theory]
    [InlineData("DELEGATION_TOKEN", "a", "LITERAL", "User:a", "*", "READ", "ALLOW", "acl-resource-type")]
    [InlineData("TOPIC", "a", "MATCH", "User:a", "*", "READ", "ALLOW", "acl-pattern-type")]
    [InlineData("TOPIC", "a", "LITERAL", "User:a", "*", "READ", "MAYBE", "acl-permission")]
    [InlineData("TOPIC", "a", "LITERAL", "User:a", "*", "CLUSTER_ACTION", "ALLOW", "acl-operation")]
    [InlineData("GROUP", "a", "LITERAL", "User:a", "*", "WRITE", "ALLOW", "acl-operation")]
    [InlineData("TRANSACTIONAL_ID", "a", "LITERAL", "User:a", "*", "READ", "ALLOW", "acl-operation")]
    [InlineData("TOPIC", "", "LITERAL", "User:a", "*", "READ", "ALLOW", "acl-resource-name")]
    [InlineData("CLUSTER", "mine", "LITERAL", "User:a", "*", "DESCRIBE", "ALLOW", "acl-cluster-name")]
    [InlineData("TOPIC", "a", "LITERAL", "a", "*", "READ", "ALLOW", "acl-principal")]
    [InlineData("TOPIC", "a", "LITERAL", "User:", "*", "READ", "ALLOW", "acl-principal")]
    [InlineData("TOPIC", "a", "LITERAL", "User:a", "example.org", "READ", "ALLOW", "acl-host")]
    public void What_Kafka_would_not_take_is_refused(string type, string name, string pattern, string principal, string host, string operation, string permission, string rule) =>
        AccessControlDecider.Decide(Grant(new AclBinding(type, name, pattern, principal, host, operation, permission)), Given.State<AccessControlList>(Opened))
            .Refused(Codes.ValidationFailed, rule);

    [Fact]
    public void Default_rights_are_proper_bindings_and_hold_no_transactions()
    {
        var defaults = AccessControlDecider.Defaults("app");
        Assert.Equal(6, defaults.Count);
        Assert.All(defaults, b => Assert.Null(AclRules.Check(b)));
        Assert.DoesNotContain(defaults, b => b.ResourceType == "TRANSACTIONAL_ID");
    }
}
