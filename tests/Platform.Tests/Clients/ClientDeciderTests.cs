using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Clients;

public sealed class ClientDeciderTests
{
    private static readonly SecretHash Hash = new("00", "11", null);
    private static readonly ClientCreated Created = new("c-1", "ci", Roles.Operator, null, Hash);

    private static CreateClient Create(string role, string? organization = null) => new(Given.Ask, "c-1", "ci", role, organization, Hash);

    [Fact]
    public void A_client_is_created() => ClientDecider.Decide(Create(Roles.Operator), null).Events(Created);

    [Fact]
    public void A_partner_admin_belongs_to_an_organisation_and_nobody_else_does()
    {
        ClientDecider.Decide(Create(Roles.PartnerAdmin, "acme"), Given.Acme).Events(Created with { Role = Roles.PartnerAdmin, OrganizationId = "org-1" });
        ClientDecider.Decide(Create(Roles.PartnerAdmin), null).Refused(Codes.ValidationFailed, "organization-of-partner");
        ClientDecider.Decide(Create(Roles.PartnerAdmin, "nobody"), null).Refused(Codes.NotFound);
        ClientDecider.Decide(Create(Roles.Operator, "acme"), Given.Acme).Refused(Codes.ValidationFailed, "organization-of-partner");
    }

    [Fact]
    public void Bad_clients_are_refused()
    {
        ClientDecider.Decide(Create("root"), null).Refused(Codes.ValidationFailed, "role");
        ClientDecider.Decide(Create(Roles.Identity), null).Refused(Codes.ValidationFailed, "role");
        ClientDecider.Decide(Create(Roles.Operator) with { ClientId = "portal" }, null).Refused(Codes.NameTaken);
        ClientDecider.Decide(Create(Roles.Operator) with { ClientId = "identity" }, null).Refused(Codes.NameTaken);
        ClientDecider.Decide(Create(Roles.Operator) with { ClientId = "a b" }, null).Refused(Codes.ValidationFailed, "account-name");
    }

    [Fact]
    public void Nobody_removes_the_client_that_it_asks_with()
    {
        var client = Fold.All<Client>(null, [Created with { ClientId = Given.Ask.Caller.Name }])!;
        ClientDecider.Decide(new RemoveClient(Given.Ask, client.ClientId), client).Refused(Codes.NotPossibleNow, "not-self");
    }

    [Fact]
    public void A_rotated_secret_and_the_one_before_it_overlap()
    {
        var next = new SecretHash("22", "33", null);
        var state = Given.State<Client>(Created);
        var decision = ClientDecider.Decide(new RotateClientSecret(Given.Ask, "ci", TimeSpan.FromHours(1), next), state);
        var until = Given.Now.AddHours(1).ToUnixTimeSeconds();
        decision.Events(new ClientSecretRotated(next, until));
        Assert.Equal([Hash with { ExpiresAt = until }, next], Fold.All(state, decision.Events)!.SecretHashes);
    }

    [Fact]
    public void Rotation_needs_a_client_and_a_sane_overlap()
    {
        ClientDecider.Decide(new RotateClientSecret(Given.Ask, "ci", TimeSpan.Zero, Hash), null).Refused(Codes.NotFound);
        ClientDecider.Decide(new RotateClientSecret(Given.Ask, "ci", TimeSpan.FromDays(31), Hash), Given.State<Client>(Created)).Refused(Codes.ValidationFailed, "secret-overlap");
        ClientDecider.Decide(new RotateClientSecret(Given.Ask, "ci", TimeSpan.FromDays(-1), Hash), Given.State<Client>(Created)).Refused(Codes.ValidationFailed, "secret-overlap");
    }

    [Fact]
    public void A_client_is_removed_and_a_nodes_client_only_with_its_node()
    {
        ClientDecider.Decide(new RemoveClient(Given.Ask, "ci"), Given.State<Client>(Created)).Events(new ClientRemoved());
        ClientDecider.Decide(new RemoveClient(Given.Ask, "ci"), Given.State<Client>(Created, new ClientRemoved())).Refused(Codes.NotFound);
        ClientDecider.Decide(new RemoveClient(Given.Ask, "ci"), null).Refused(Codes.NotFound);
        ClientDecider.Decide(new RemoveClient(Given.Ask, "ci"), Given.State<Client>(Created with { Role = Roles.Node })).Refused(Codes.InUse);
    }
}
