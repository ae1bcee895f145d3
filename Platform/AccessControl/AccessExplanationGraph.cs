using System.ComponentModel;
using System.Text.Json;
using GraphQL;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.AccessControl;

[GraphQLMetadata(Name = "AccessExplanation")]
[Description("Whether an account may do something, by which rule, and which decision made it so.")]
public sealed class AccessExplanationView(AccessFinding finding, DateTimeOffset? at)
{
    [Description("True: it may.")]
    public bool Allowed => finding.Allowed;

    [Description("What settles it.")]
    public AccessVerdictRule Rule => finding.Rule;

    [Description("The ACL binding that settles it, where one does.")]
    public AclBindingView? Binding => finding.Binding is { } binding ? new(binding) : null;

    [Description("For a shared topic: what its share permits at most.")]
    public SharePermission? Share => finding.Share;

    [Description("The decision that made it so; null where nobody decided and the default holds.")]
    public Task<AuditEntry?> Decision([FromServices] AuditTrail trail, IResolveFieldContext context) => finding.DecidedIn is { } stream
        ? trail.Latest(stream, finding.DecidedBy, finding.Binding is { } binding ? JsonSerializer.Serialize(new { Bindings = new[] { binding } }) : "{}", at, context.CancellationToken)
        : Task.FromResult<AuditEntry?>(null);
}

public sealed class AccessExplanationQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("May an account do this, in the gateways' own order: log-in, ACLs, what is shared. The first rule that refuses is the answer.")]
    public static async Task<AccessExplanationView> ExplainAccess(
        [FromServices] AccessReading facts, IResolveFieldContext context,
        [Description("Name of the virtual cluster.")] string virtualCluster,
        [Description("Name of the account.")] string serviceAccount,
        [Description("What it wants to do.")] AclOperation operation,
        [Description("To what kind of thing.")] AclResourceType resourceType,
        [Description("The thing's name, as clients use it.")] string resourceName,
        [Description("IP address of the client; without one, bindings for particular hosts do not count.")] string? host = null,
        [Description("As it was at this moment; now if not given.")] DateTimeOffset? at = null)
    {
        var question = new AclQuestion($"User:{serviceAccount}", host ?? "*", AclNames.Of(operation), AclNames.Of(resourceType), resourceName);
        if (!AclRules.Supports(question.ResourceType, question.Operation))
        {
            throw new RefusedError(Refusal.Invalid("operation", "acl-operation", $"{question.Operation} is no operation on {question.ResourceType}."));
        }

        return new(AccessFinding.Of(question, await facts.Facts(context, virtualCluster, serviceAccount, question, at)), at);
    }
}

public static class AccessExplanationSetup
{
    public static void AddAccessExplanations(this IServiceCollection services) => services.AddSingleton<AccessReading>();
}
