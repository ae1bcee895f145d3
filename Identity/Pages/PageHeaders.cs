using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Pages;

/// <summary>What browsers are told with every answer.</summary>
internal static class PageHeaders
{
    public static void UsePageHeaders(this WebApplication app, IdentityOptions options)
    {
        // After a login the browser is sent on to the portal, and form-action counts for that too.
        var portal = options.Portal is { } known ? " " + known.Url.GetLeftPart(UriPartial.Authority) : "";
        var policy = $"default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'{portal}; frame-ancestors 'none'; base-uri 'none'";
        var secure = options.Issuer.Scheme == "https";
        app.Use(async (http, next) =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XFrameOptions = "DENY";
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            http.Response.OnStarting(() =>
            {
                // Files say how long they may be kept; nobody keeps anything else.
                if (headers.CacheControl.Count == 0)
                {
                    headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            });
            if (secure)
            {
                headers.StrictTransportSecurity = "max-age=31536000";
            }

            await next(http);
        });
    }
}
