using Microsoft.AspNetCore.Components.Routing;

namespace PartnerPlatform.Web.Shell;

/// <summary>A page in the navigation rail.</summary>
public sealed record RailPlace(string Address, string Name, string Icon, NavLinkMatch Match = NavLinkMatch.Prefix);
