using System.Security.Claims;
using MudBlazor;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Search;

/// <summary>A thing that was found, and where it can be seen.</summary>
/// <param name="Kind">As the API names it.</param>
/// <param name="Within">What it is in.</param>
public sealed record SearchHit(string Kind, string Name, string? Within)
{
    public const string Query = "query($text: String!) { search(text: $text, first: 12) { kind name within } }";

    public string KindName => Kind switch
    {
        "PARTNER_ZONE" => "zone",
        "SERVICE_ACCOUNT" => "application",
        "VIRTUAL_CLUSTER" => "virtual cluster",
        "PHYSICAL_CLUSTER" => "cluster",
        "PHYSICAL_TOPIC" => "topic in a cluster",
        "TOPIC" => "shared topic",
        "ORGANIZATION" => "partner",
        var other => other.ToLowerInvariant(),
    };

    public string Icon => Kind switch
    {
        "PARTNER_ZONE" or "VIRTUAL_CLUSTER" => Icons.Material.Outlined.Handshake,
        "SERVICE_ACCOUNT" => Icons.Material.Outlined.Apps,
        "PHYSICAL_CLUSTER" => Icons.Material.Outlined.Storage,
        "ORGANIZATION" => Icons.Material.Outlined.Business,
        "NODE" => Icons.Material.Outlined.Hub,
        _ => Icons.Material.Outlined.Topic,
    };

    /// <summary>Where to see it. A virtual cluster of a partner is seen in its zone; a standard one has no page of its own, but everybody's rights in it can be asked for.</summary>
    public string Address(ClaimsPrincipal user) => user.IsStaff() ? Kind switch
    {
        "PARTNER_ZONE" => $"/zones/{Uri.EscapeDataString(Name)}",
        "VIRTUAL_CLUSTER" => $"/access?zone={Uri.EscapeDataString(Name)}",
        "TOPIC" => $"/zones/{Uri.EscapeDataString(Within!)}/topics",
        "SERVICE_ACCOUNT" => $"/zones/{Uri.EscapeDataString(Within!)}/applications",
        "ORGANIZATION" => $"/zones?partner={Uri.EscapeDataString(Name)}",
        "PHYSICAL_CLUSTER" => $"/clusters/{Uri.EscapeDataString(Name)}",
        "PHYSICAL_TOPIC" => $"/clusters/{Uri.EscapeDataString(Within!)}?text={Uri.EscapeDataString(Name)}",
        _ => "/nodes",
    } : Kind switch
    {
        "TOPIC" => $"/topics?zone={Uri.EscapeDataString(Within!)}",
        "SERVICE_ACCOUNT" => $"/applications?zone={Uri.EscapeDataString(Within!)}",
        "PARTNER_ZONE" or "VIRTUAL_CLUSTER" => $"/?zone={Uri.EscapeDataString(Name)}",
        _ => "/",
    };
}
