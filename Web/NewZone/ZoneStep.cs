namespace PartnerPlatform.Web.NewZone;

/// <summary>Steps of the guided form, in their order; their names are shown, and stand in addresses.</summary>
public enum ZoneStep
{
    Partner,
    Topics,
    Application,
    Review,
}
