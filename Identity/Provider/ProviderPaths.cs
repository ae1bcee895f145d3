namespace PartnerPlatform.Identity.Provider;

/// <summary>Addresses between this browser and the provider.</summary>
internal static class ProviderPaths
{
    public const string Begin = "/login/provider";

    /// <summary>Registered at the provider as the redirect URI.</summary>
    public const string Callback = "/signin-oidc";

    public const string Leave = "/logout/provider";

    /// <summary>Registered at the provider as the post-logout redirect URI.</summary>
    public const string Left = "/signout-callback-oidc";

    private static readonly PathString[] All = [Begin, Callback, Leave, Left];

    /// <summary>One of them, also with what routing overlooks: case, and a slash at the end.</summary>
    public static bool Includes(PathString path) => All.Any(one => path.StartsWithSegments(one));

    /// <summary>Where the person wanted to go, if that is here: another address would be an open redirect.</summary>
    public static string? ReturnUrl(HttpContext http) =>
        http.Request.Query["returnUrl"].ToString() is { Length: > 0 } asked && Microsoft.AspNetCore.Http.HttpResults.RedirectHttpResult.IsLocalUrl(asked) ? asked : null;
}
