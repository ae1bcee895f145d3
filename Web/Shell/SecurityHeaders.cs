namespace PartnerPlatform.Web.Shell;

public static class SecurityHeaders
{
    /// <summary>
    /// Nothing from elsewhere, no inline script, no frame around it. Styles are inline because MudBlazor places its popovers and colours so;
    /// forms go to this host, and by its redirect to Identity at logout.
    /// </summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<Configuration.WebOptions>();
        var identity = options.Identity.GetLeftPart(UriPartial.Authority);
        var policy = string.Join("; ",
            "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "font-src 'self'", "img-src 'self' data:", "connect-src 'self'",
            $"form-action 'self' {identity}", "base-uri 'self'", "frame-ancestors 'none'", "manifest-src 'self'");
        app.Use((http, next) =>
        {
            // As the answer leaves: a fault on the way clears what was set before.
            http.Response.OnStarting(() =>
            {
                Write(http.Response.Headers, policy, options.PublicUrl.Scheme == Uri.UriSchemeHttps);
                return Task.CompletedTask;
            });
            return next(http);
        });
    }

    private static void Write(IHeaderDictionary headers, string policy, bool https)
    {
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (https)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }
}
