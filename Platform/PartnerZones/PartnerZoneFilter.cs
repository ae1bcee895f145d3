using System.ComponentModel;
using Marten;
using Marten.Linq.MatchesSql;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Search;

namespace PartnerPlatform.Platform.PartnerZones;

[Description("Which partner zones; all conditions hold together.")]
public sealed class PartnerZoneFilter
{
    private const string ItsNames = """
        (d.data ->> 'Name' ilike ? or d.data ->> 'VirtualCluster' ilike ?
          or exists (select 1 from jsonb_array_elements(d.data -> 'Topics') t where t ->> 'Name' ilike ?)
          or exists (select 1 from platform.mt_doc_organization o
            where o.id = d.data ->> 'OrganizationId' and (o.data ->> 'Name' ilike ? or o.data ->> 'DisplayName' ilike ?)))
        """;

    private const string NamesBehind = """
        (d.data ->> 'PhysicalCluster' ilike ?
          or exists (select 1 from jsonb_array_elements(d.data -> 'Topics') t where t ->> 'PhysicalTopic' ilike ?))
        """;

    [Description("Only of this status.")]
    public PartnerZoneStatus? Status { get; set; }

    [Description("Only those whose name begins so.")]
    public string? NamePrefix { get; set; }

    [Description("Only those with this text, in any case, in a name: of the zone, its organisation, its virtual cluster, a shared topic; for operators and auditors also of a topic or cluster behind.")]
    public string? Text { get; set; }

    [Description("Only of the organisation of this name.")]
    public string? Organization { get; set; }

    [Description("Only of this physical cluster. Partners, who do not know of physical clusters, find nothing.")]
    public string? PhysicalCluster { get; set; }

    [Description("Only suspended ones, or only those that are not.")]
    public bool? Suspended { get; set; }

    internal IQueryable<PartnerZone> Apply(IQueryable<PartnerZone> zones, Caller caller)
    {
        zones = Status is { } status ? zones.Where(z => z.Status == status) : zones;
        zones = NamePrefix is { } prefix ? zones.Where(z => z.Name.StartsWith(prefix)) : zones;
        zones = Suspended is { } suspended ? zones.Where(z => z.Suspended == suspended) : zones;
        zones = Organization is { } organization
            ? zones.Where(z => z.MatchesSql("d.data ->> 'OrganizationId' = (select owner from platform.claims where key = ?)", Claim.Organization(organization)))
            : zones;
        var seesBehind = caller.MaySee(null);
        zones = PhysicalCluster is { } cluster
            ? zones.Where(z => z.MatchesSql("? and d.data ->> 'PhysicalCluster' = ?", seesBehind, cluster))
            : zones;
        if (Text is not { Length: > 0 } text)
        {
            return zones;
        }

        var pattern = TextPattern.Containing(text);
        return seesBehind
            ? zones.Where(z => z.MatchesSql($"({ItsNames} or {NamesBehind})", pattern, pattern, pattern, pattern, pattern, pattern, pattern))
            : zones.Where(z => z.MatchesSql(ItsNames, pattern, pattern, pattern, pattern, pattern));
    }
}
