using PartnerPlatform.Web.Shell;

namespace PartnerPlatform.Web.Login;

/// <summary>Shown when a log-in does not come to its end, or does not begin; there is nobody yet whom a page of the portal could be shown to.</summary>
public static class LoginPages
{
    public static readonly PlainPage Failed = new(
        StatusCodes.Status400BadRequest, "The log-in did not come to its end", "It took too long, was begun in another window, or was refused. Nothing has happened.");

    public static readonly PlainPage IdentityAway = new(
        StatusCodes.Status503ServiceUnavailable, "Identity cannot be reached", "Nobody can log in until it is back. Whoever is logged in already can go on.", Api.Refusal.Away);
}
