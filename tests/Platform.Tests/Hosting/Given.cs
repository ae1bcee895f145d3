using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Tests.Hosting;

/// <summary>Given / When / Then for deciders.</summary>
public static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 3, 14, 3, 0, TimeSpan.Zero);

    public static readonly Ask Ask = new(new Caller("operator", Roles.Operator, null), "test", "change-1", Now);

    public static readonly Organization Acme = new("org-1", "acme", "Acme");

    public static readonly PhysicalCluster Main = new("p-1", "main", []);

    public static readonly PhysicalCluster Other = new("p-2", "clusterA", []);

    public static readonly VirtualCluster Partner = new(
        "vc-1", "acme", VirtualClusterKind.Partner, "p-1", "main", true, ["acme-admin"], "org-1", false, false);

    public static readonly VirtualCluster Standard = Partner with { Kind = VirtualClusterKind.Standard, Name = "team", OrganizationId = null };

    public static T State<T>(params object[] events) where T : class, IState<T> => Fold.All<T>(null, events)!;

    public static void Events(this Decision decision, params object[] expected)
    {
        Assert.Null(decision.Refusal);
        Assert.Equal(Json(expected), Json(decision.Events));
    }

    public static void Refused(this Decision decision, string code, string? rule = null)
    {
        Assert.Empty(decision.Events);
        Assert.NotNull(decision.Refusal);
        Assert.Equal(code, decision.Refusal.Code);
        if (rule is not null)
        {
            Assert.Equal(rule, decision.Refusal.Rule);
        }
    }

    public static string Json(IEnumerable<object> events) => string.Join('\n', events.Select(Json));

    public static string Json(object value) => $"{value.GetType().Name} {System.Text.Json.JsonSerializer.Serialize(value, value.GetType(), ContractJson.Options)}";
}
