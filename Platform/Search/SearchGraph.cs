using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.Search;

public enum SearchKind
{
    Organization,
    PartnerZone,
    Topic,
    ServiceAccount,
    VirtualCluster,
    PhysicalCluster,
    PhysicalTopic,
    Node,
}

[Description("A thing that a text was found in.")]
public sealed record SearchHit(
    [property: Description("What it is.")] SearchKind Kind,
    [property: Description("Its name.")] string Name,
    [property: Description("Name of what it is in: the zone of a topic, the virtual cluster of an account, the cluster of a physical topic, the display name of an organisation; null for the rest.")] string? Within);

public sealed class SearchQueries
{
    private const int LongestText = 200;

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("Everything that the caller may know of and that has the text, in any case, in its name or is of that id; exact names first, then beginnings.")]
    public static async Task<IReadOnlyList<SearchHit>> Search(
        [FromServices] NameSearch names, IResolveFieldContext context,
        [Description("A part of a name, or an id; up to 200 characters.")] string text, [Description("How many: 1 to 500.")] int first = 20)
    {
        Paging.Check(first);
        return text.Trim() switch
        {
            { Length: 0 } => [],
            { Length: > LongestText } => throw new RefusedError(Refusal.Invalid("text", "text-length", $"A text to search for has up to {LongestText} characters.")),
            var trimmed => await names.Find(context.User!.ToCaller(), trimmed, first, context.CancellationToken),
        };
    }
}

public static class SearchSetup
{
    public static void AddSearch(this IServiceCollection services) => services.AddSingleton<NameSearch>();
}
