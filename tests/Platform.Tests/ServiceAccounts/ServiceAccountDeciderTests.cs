using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.ServiceAccounts;

public sealed class ServiceAccountDeciderTests
{
    private static readonly long Now = Given.Now.ToUnixTimeSeconds();
    private static readonly ServiceAccountCreated Created = new("s-1", "vc-1", "acme", "app", ServiceAccountKind.Local, "org-1");
    private static readonly TokenIssued Issued = new("t-1", Now, Now + 100);

    private static IssueToken Issue(TimeSpan? lifetime = null) => new(Given.Ask, "t-2", "acme", "app", lifetime);

    [Fact]
    public void An_account_is_created_in_a_cluster() =>
        ServiceAccountDecider.Decide(new CreateServiceAccount(Given.Ask, "s-1", "acme", "app"), Given.Partner).Events(Created);

    [Fact]
    public void Not_without_a_cluster()
    {
        var command = new CreateServiceAccount(Given.Ask, "s-1", "acme", "app");
        ServiceAccountDecider.Decide(command, null).Refused(Codes.NotFound);
        ServiceAccountDecider.Decide(command, Given.Partner with { Removed = true }).Refused(Codes.NotFound);
    }

    [Fact]
    public void Not_with_a_name_that_would_break_a_principal() =>
        ServiceAccountDecider.Decide(new CreateServiceAccount(Given.Ask, "s-1", "acme", "a,b"), Given.Partner).Refused(Codes.ValidationFailed, "account-name");

    [Fact]
    public void A_token_lives_90_days_unless_said_otherwise() =>
        ServiceAccountDecider.Decide(Issue(), Given.State<ServiceAccount>(Created)).Events(new TokenIssued("t-2", Now, Now + (90 * 86400)));

    [Theory]
    [InlineData(9)]
    [InlineData(367 * 86400)]
    [InlineData(-1)]
    public void A_lifetime_out_of_bounds_is_refused(int seconds) =>
        ServiceAccountDecider.Decide(Issue(TimeSpan.FromSeconds(seconds)), Given.State<ServiceAccount>(Created)).Refused(Codes.ValidationFailed, "token-lifetime");

    [Fact]
    public void No_token_for_an_account_that_is_not_there_or_revoked_or_external()
    {
        ServiceAccountDecider.Decide(Issue(), null).Refused(Codes.NotFound);
        ServiceAccountDecider.Decide(Issue(), Given.State<ServiceAccount>(Created, new ServiceAccountRevoked())).Refused(Codes.NotPossibleNow);
        ServiceAccountDecider.Decide(Issue(), Given.State<ServiceAccount>(Created with { Kind = ServiceAccountKind.External })).Refused(Codes.ValidationFailed, "local-account");
    }

    [Fact]
    public void Fifty_live_tokens_are_the_limit_and_expired_ones_do_not_count()
    {
        var live = Enumerable.Range(0, 50).Select(object (i) => new TokenIssued($"x-{i}", Now, Now + 100)).Prepend(Created).ToArray();
        ServiceAccountDecider.Decide(Issue(), Given.State<ServiceAccount>(live)).Refused(Codes.LimitReached);
        var expired = Enumerable.Range(0, 50).Select(object (i) => new TokenIssued($"x-{i}", Now - 200, Now - 100)).Prepend(Created).ToArray();
        Assert.Null(ServiceAccountDecider.Decide(Issue(), Given.State<ServiceAccount>(expired)).Refusal);
    }

    [Fact]
    public void Revoking_a_token_ends_it_once()
    {
        var command = new RevokeToken(Given.Ask, "t-1");
        ServiceAccountDecider.Decide(command, Given.State<ServiceAccount>(Created, Issued)).Events(new TokenRevoked("t-1"));
        ServiceAccountDecider.Decide(command, Given.State<ServiceAccount>(Created, Issued, new TokenRevoked("t-1"))).Events();
        ServiceAccountDecider.Decide(command, null).Refused(Codes.NotFound);
    }

    [Fact]
    public void Revoking_all_ends_what_was_issued_up_to_this_second_and_a_new_token_counts()
    {
        var state = Given.State<ServiceAccount>(Created, Issued);
        var decision = ServiceAccountDecider.Decide(new RevokeTokens(Given.Ask, "acme", "app"), state);
        decision.Events(new TokensRevoked(Now + 1));
        var after = Fold.All(state, decision.Events)!;
        Assert.Empty(after.Tokens);
        ServiceAccountDecider.Decide(Issue(TimeSpan.FromSeconds(60)), after).Events(new TokenIssued("t-2", Now + 1, Now + 61));
    }

    [Fact]
    public void Revoking_all_of_nobody_is_refused_and_of_a_revoked_account_changes_nothing()
    {
        ServiceAccountDecider.Decide(new RevokeTokens(Given.Ask, "acme", "app"), null).Refused(Codes.NotFound);
        ServiceAccountDecider.Decide(new RevokeTokens(Given.Ask, "acme", "app"), Given.State<ServiceAccount>(Created, new ServiceAccountRevoked())).Events();
    }

    [Fact]
    public void A_revoked_account_stays_in_the_feed_as_revoked()
    {
        var command = new RevokeServiceAccount(Given.Ask, "acme", "app");
        var state = Given.State<ServiceAccount>(Created, Issued);
        var decision = ServiceAccountDecider.Decide(command, state);
        decision.Events(new ServiceAccountRevoked());
        var document = (ServiceAccountDocument)Fold.All(state, decision.Events)!.ToFeed().Content!;
        Assert.True(document.Revoked);
        Assert.Empty(document.Tokens);
        ServiceAccountDecider.Decide(command, Fold.All(state, decision.Events)).Events();
        ServiceAccountDecider.Decide(command, null).Refused(Codes.NotFound);
    }
}
