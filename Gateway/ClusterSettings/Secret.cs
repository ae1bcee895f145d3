namespace PartnerPlatform.ClusterSettings;

/// <summary>A value that must not be seen: options records print their members, this one prints a placeholder.</summary>
public sealed record Secret(string Value)
{
    public override string ToString() => "(secret)";
}
