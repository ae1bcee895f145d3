using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.Audit;

public sealed class AuditQueries
{
    [AllowedFor(Roles.Operator, Roles.Auditor)]
    [Description("All decisions, newest first.")]
    public static Task<Connection<AuditEntry>> Audit(
        [FromServices] AuditTrail trail, IResolveFieldContext context, AuditFilter? filter = null, int first = 50, string? after = null) =>
        trail.Everything(context, filter, first, after);
}

public static class AuditSetup
{
    public static void AddAudit(this IServiceCollection services) => services.AddSingleton<AuditTrail>();
}
