using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.ServiceAccounts;

public sealed class OAuthDeciderTests
{
    private static readonly ServiceAccountCreated Created = new("s-1", "vc-1", "acme", "app", ServiceAccountKind.Local, "org-1");
    private static readonly OAuthIdentityLinked Linked = new(null, "acme.app");
    private static readonly RevokeClientSecret Revoke = new(Given.Ask, "acme", "app");

    private static IssueClientSecret Issue(TimeSpan overlap = default) => new(Given.Ask, "c-1", "acme", "app", overlap, new SecretHash("00", "11", null));

    private static CreateServiceAccount Create(string? issuer, string subject = "robot", Ask? ask = null) =>
        new(ask ?? Given.Ask, "s-1", "acme", "app", new LoginIdentity(issuer, subject));

    [Fact]
    public void The_first_secret_links_the_account_to_its_client_and_a_later_one_changes_nothing_about_it()
    {
        OAuthDecider.Decide(Issue(), Given.State<ServiceAccount>(Created)).Events(Linked);
        OAuthDecider.Decide(Issue(TimeSpan.FromDays(1)), Given.State<ServiceAccount>(Created, Linked)).Events();
    }

    [Fact]
    public void No_secret_for_an_account_that_is_not_there_revoked_or_external_or_with_an_overlap_out_of_bounds()
    {
        OAuthDecider.Decide(Issue(), null).Refused(Codes.NotFound);
        OAuthDecider.Decide(Issue(), Given.State<ServiceAccount>(Created, new ServiceAccountRevoked())).Refused(Codes.NotPossibleNow, "not-revoked");
        OAuthDecider.Decide(Issue(), Given.State<ServiceAccount>(Created with { Kind = ServiceAccountKind.External })).Refused(Codes.ValidationFailed, "local-account");
        OAuthDecider.Decide(Issue(TimeSpan.FromDays(31)), Given.State<ServiceAccount>(Created)).Refused(Codes.ValidationFailed, "secret-overlap");
        OAuthDecider.Decide(Issue(TimeSpan.FromSeconds(-1)), Given.State<ServiceAccount>(Created)).Refused(Codes.ValidationFailed, "secret-overlap");
    }

    [Fact]
    public void A_revocation_unlinks_and_its_cut_off_stays_when_the_client_gets_another_secret()
    {
        var unlinked = new OAuthIdentityUnlinked(null, "acme.app", Given.Now.ToUnixTimeSeconds() + 1);
        OAuthDecider.Decide(Revoke, Given.State<ServiceAccount>(Created, Linked)).Events(unlinked);
        OAuthDecider.Decide(Revoke, Given.State<ServiceAccount>(Created)).Events();
        OAuthDecider.Decide(Revoke, null).Refused(Codes.NotFound);

        var again = Given.State<ServiceAccount>(Created, Linked, unlinked, Linked);
        Assert.Equal([new LoginIdentity(null, "acme.app", Given.Now.ToUnixTimeSeconds() + 1)], again.Identities);
        Assert.Empty(Given.State<ServiceAccount>(Created, Linked, new ServiceAccountRevoked()).Identities);
    }

    [Fact]
    public void An_external_account_is_linked_from_the_start_and_gets_no_token_of_ours()
    {
        ServiceAccountDecider.Decide(Create("https://issuer.example/"), Given.Partner)
            .Events(Created with { Kind = ServiceAccountKind.External }, new OAuthIdentityLinked("https://issuer.example/", "robot"));
        ServiceAccountDecider.Decide(Create(LoginIssuers.Certificate), Given.Partner)
            .Events(Created with { Kind = ServiceAccountKind.External }, new OAuthIdentityLinked(LoginIssuers.Certificate, "robot"));
        ServiceAccountDecider.Decide(Create(LoginIssuers.Anonymous), Given.Partner).Refused(Codes.ValidationFailed, "anonymous-subject");
        Assert.Null(ServiceAccountDecider.Decide(Create(LoginIssuers.Anonymous, LoginIssuers.AnonymousSubject), Given.Partner).Refusal);
        ServiceAccountDecider.Decide(Create("http://issuer.example/"), Given.Partner).Refused(Codes.ValidationFailed, "oauth-issuer");
        ServiceAccountDecider.Decide(Create("not a URL"), Given.Partner).Refused(Codes.ValidationFailed, "oauth-issuer");
        ServiceAccountDecider.Decide(Create("https://issuer.example/", ""), Given.Partner).Refused(Codes.ValidationFailed, "oauth-subject");
        ServiceAccountDecider.Decide(Create("https://issuer.example/", "a\nb"), Given.Partner).Refused(Codes.ValidationFailed, "oauth-subject");
        var partner = Given.Ask with { Caller = new Caller("admin", Roles.PartnerAdmin, "org-1") };
        ServiceAccountDecider.Decide(Create("https://issuer.example/", ask: partner), Given.Partner).Refused(Codes.Forbidden, "operator-links-identities");
    }

    [Fact]
    public async Task An_identity_is_one_account_s_until_that_is_revoked_and_a_revoked_account_s_client_gets_no_more_tokens()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        object External(string name) => new { reason = Scenes.Why, virtualCluster = "acme", name, issuer = "https://issuer.example/", subject = "robot" };
        await platform.Mutate("createServiceAccount", External("one"), "change { id }");
        Assert.Equal("IN_USE", await platform.RefusalOf("createServiceAccount", External("two")));
        await platform.Mutate("revokeServiceAccount", new { reason = Scenes.Why, virtualCluster = "acme", name = "one" }, "change { id }");
        await platform.Mutate("createServiceAccount", External("two"), "change { id }");

        var issued = await platform.Mutate("issueClientSecret", new { reason = Scenes.Why, virtualCluster = "acme", serviceAccount = "app" }, "clientId secret");
        Assert.Equal("acme.app", issued.GetProperty("clientId").GetString());
        Assert.DoesNotContain(issued.GetProperty("secret").GetString()!, platform.Log.Text, StringComparison.Ordinal);
        Assert.Contains((await platform.Feed(null, Roles.Identity, "identity")).Entries, e => e.Content!.Value.ToString().Contains("acme.app", StringComparison.Ordinal));
        Assert.Equal("IN_USE", await platform.RefusalOf("removeClient", new { reason = Scenes.Why, clientId = "acme.app" }));
        Assert.Equal("IN_USE", await platform.RefusalOf("rotateClientSecret", new { reason = Scenes.Why, clientId = "acme.app" }));
        await platform.Mutate("revokeServiceAccount", new { reason = Scenes.Why, virtualCluster = "acme", name = "app" }, "change { id }");
        Assert.DoesNotContain((await platform.Feed(null, Roles.Identity, "identity")).Entries, e => e.Content?.ToString().Contains("acme.app", StringComparison.Ordinal) == true);
    }
}
