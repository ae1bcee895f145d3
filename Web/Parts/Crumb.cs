namespace PartnerPlatform.Web.Parts;

/// <summary>The page above this one.</summary>
public sealed record Crumb(string Name, string Address);
