namespace PartnerPlatform.Platform.Access;

/// <summary>Addresses of Identity's pages for people.</summary>
/// <param name="Identity">Base URL.</param>
public sealed record IdentityPages(Uri Identity)
{
    public const string Invitation = "invitation";
    public const string Reset = "reset";

    public string At(string page) => $"{Identity.AbsoluteUri.TrimEnd('/')}/{page}";
}
