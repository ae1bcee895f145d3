using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Pages;

/// <summary>Pages for people: plain forms, no script, nothing from other hosts.</summary>
internal static class PagesSetup
{
    public static IServiceCollection AddPages(this IServiceCollection services, IdentityOptions options)
    {
        var secure = options.Issuer.Scheme == "https";
        services.AddRazorPages(pages =>
        {
            // Every other page is for who is logged in.
            foreach (var open in (string[])["/Login", "/LoginCode", "/Invitation", "/Reset", "/Refused", "/Logout", "/LogoutLeaving", "/Error"])
            {
                pages.Conventions.AllowAnonymousToPage(open);
            }

            foreach (var page in WithPasswords.Pages)
            {
                pages.Conventions.AddPageApplicationModelConvention(page, model => model.Filters.Add(new WithPasswords(options)));
            }
        });
        services.AddAntiforgery(form =>
        {
            form.Cookie.Guard("form", secure, SameSiteMode.Strict);
            form.FormFieldName = "form";
            form.HeaderName = null;
            // frame-ancestors says it, and X-Frame-Options below.
            form.SuppressXFrameOptionsHeader = true;
        });
        services.AddRouting(routes => routes.LowercaseUrls = true);
        return services;
    }

    public static void UsePages(this WebApplication app, IdentityOptions options)
    {
        app.UsePageHeaders(options);
        app.UseWhen(static http => !IsForPrograms(http), people =>
        {
            people.UseExceptionHandler("/error");
            people.UseStatusCodePagesWithReExecute("/error", "?status={0}");
        });
        app.UseWhen(IsForPrograms, static programs => programs.UseExceptionHandler(static fault => fault.Run(
            static http => http.Response.WriteAsJsonAsync(new { error = "server_error" }))));
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "public, max-age=86400" });
        app.UseRouting();
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapRazorPages().RequireAuthorization();
        app.MapGet("/", () => Results.LocalRedirect("/account"));
    }

    private static bool IsForPrograms(HttpContext http)
    {
        var path = http.Request.Path;
        return path.StartsWithSegments("/.well-known") || path.StartsWithSegments("/health")
            || (path.StartsWithSegments("/connect") && !path.StartsWithSegments("/connect/authorize") && !path.StartsWithSegments("/connect/logout"));
    }
}
