using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Sharing;

/// <summary>A partner's super user manages its ACLs by Kafka's own admin API; the control plane keeps them, all nodes enforce them.</summary>
public sealed class KafkaAclTests(EmbeddedStack embedded)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task What_a_super_user_denies_is_denied_on_every_node_when_the_answer_comes_and_allowed_again_when_it_is_deleted()
    {
        var app = await _stack.Api.NewPartnerAsync("acls");
        using var admin = Admin(_stack.Nodes[0].Bootstrap, await _stack.Api.NewTokenAsync("acls", "acls-admin"));
        var denial = new AclBinding
        {
            Pattern = new ResourcePattern { Type = ResourceType.Topic, Name = "orders", ResourcePatternType = ResourcePatternType.Literal },
            Entry = new AccessControlEntry { Principal = "User:app", Host = "*", Operation = AclOperation.All, PermissionType = AclPermissionType.Deny },
        };

        await admin.CreateAclsAsync([denial]);

        foreach (var node in _stack.Nodes)
        {
            Assert.Equal(["returns"], await Clients.TopicsAsync(node.Bootstrap, app));
        }

        var denials = new AclBindingFilter
        {
            PatternFilter = new ResourcePatternFilter { Type = ResourceType.Topic, Name = "orders", ResourcePatternType = ResourcePatternType.Literal },
            EntryFilter = new AccessControlEntryFilter { Operation = AclOperation.Any, PermissionType = AclPermissionType.Deny },
        };
        Assert.Equal(["User:app"], (await admin.DescribeAclsAsync(denials)).AclBindings.Select(b => b.Entry.Principal));
        var audit = await _stack.Api.SendAsync("""{ audit(first: 1, filter: { actor: "acls/acls-admin" }) { nodes { event reason role } } }""");
        Assert.Equal("access_granted", audit.GetProperty("audit").GetProperty("nodes")[0].GetProperty("event").GetString());

        Assert.Equal(["orders"], (await admin.DeleteAclsAsync([denials])).SelectMany(r => r.AclBindings).Select(b => b.Pattern.Name));

        foreach (var node in _stack.Nodes)
        {
            Assert.Equal(["orders", "returns"], await Clients.TopicsAsync(node.Bootstrap, app));
        }
    }

    [Fact]
    public async Task Who_is_no_super_user_changes_none_and_nonsense_is_refused_with_its_rule()
    {
        var app = await _stack.Api.NewPartnerAsync("no-acls");
        using var ordinary = Admin(_stack.Bootstrap, app);
        using var admin = Admin(_stack.Bootstrap, await _stack.Api.NewTokenAsync("no-acls", "no-acls-admin"));
        var own = new AclBinding
        {
            Pattern = new ResourcePattern { Type = ResourceType.Group, Name = "mine", ResourcePatternType = ResourcePatternType.Literal },
            Entry = new AccessControlEntry { Principal = "User:app", Host = "*", Operation = AclOperation.All, PermissionType = AclPermissionType.Allow },
        };

        var granting = await Assert.ThrowsAsync<CreateAclsException>(() => ordinary.CreateAclsAsync([own]));
        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, granting.Results[0].Error.Code);
        own.Entry.Host = "not-an-address";
        var nonsense = await Assert.ThrowsAsync<CreateAclsException>(() => admin.CreateAclsAsync([own]));
        Assert.Equal((ErrorCode.InvalidRequest, "A host is an IP address or '*'."), (nonsense.Results[0].Error.Code, nonsense.Results[0].Error.Reason));
    }

    private static IAdminClient Admin(string bootstrap, Login login) =>
        new AdminClientBuilder(Clients.Configure(new AdminClientConfig { SocketTimeoutMs = (int)Soon.TotalMilliseconds }, bootstrap, login)).SetLogHandler(static (_, _) => { }).Build();
}
