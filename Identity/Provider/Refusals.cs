namespace PartnerPlatform.Identity.Provider;

/// <summary>Why a login at the provider came to nothing here.</summary>
internal enum Refusal
{
    /// <summary>The answer was no proof: wrong state, token, code or key; or it came too late, or for another browser.</summary>
    Failed,

    /// <summary>The provider said no, or the person did.</summary>
    Denied,

    /// <summary>No rule fits what the provider says.</summary>
    NoRole,

    /// <summary>A partner admin's organisation is missing, unknown or not one.</summary>
    NoOrganization,

    /// <summary>An operator has removed the person.</summary>
    Removed,

    ProviderAway,

    /// <summary>Platform, which lets people in, cannot be asked.</summary>
    PlatformAway,
}

internal static class Refusals
{
    /// <summary>The page that tells why; the name of a text, so that an address cannot put words there.</summary>
    public static string Page(Refusal why, string? returnUrl = null) =>
        $"/login/refused?why={why}{(returnUrl is null ? "" : "&returnUrl=" + Uri.EscapeDataString(returnUrl))}";
}
