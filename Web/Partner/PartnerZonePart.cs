using Microsoft.AspNetCore.Components;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Live;
using PartnerPlatform.Web.Zones;

namespace PartnerPlatform.Web.Partner;

/// <summary>A page about the partner's zone: the one in the address, else its first. Most partners have one and never see a choice.</summary>
public abstract class PartnerZonePart : LivePart
{
    /// <summary>Name of the zone that is asked for.</summary>
    [SupplyParameterFromQuery(Name = "zone")]
    public string? Wanted { get; set; }

    /// <summary>Null while loading, and for a partner without any zone.</summary>
    protected Zone? Zone { get; private set; }

    /// <summary>All zones of the partner, by name.</summary>
    protected IReadOnlyList<string> ZoneNames { get; private set; } = [];

    protected override object Key => Wanted ?? "";

    protected override async Task Load(CancellationToken ct)
    {
        if (Wanted is not null && Zone?.Name != Wanted)
        {
            Zone = null;
        }

        ZoneNames = [.. (await Api.Query<Names>("{ partnerZones(first: 100) { nodes { name } } }", ct: ct)).PartnerZones.Nodes.Select(z => z.Name)];
        Zone = (Wanted ?? ZoneNames.FirstOrDefault()) is { } name
            ? (await Api.Query<Zone.Answer>(Zone.Query(staff: false), new { name }, ct)).PartnerZone
            : null;
    }

    private sealed record Named(string Name);

    private sealed record Names(Page<Named> PartnerZones);
}
