using MudBlazor.Services;
using PartnerPlatform.Web.Acts;
using PartnerPlatform.Web.Connect;
using PartnerPlatform.Web.Parts;

namespace PartnerPlatform.Web.Shell;

public static class ShellSetup
{
    public static void AddShell(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            // Long enough for a laptop that changes networks; a page that is gone for longer is loaded anew.
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
        });
        services.AddMudServices();
        services.AddScoped<Receipts>();
        services.AddScoped<Clock>();
        services.AddScoped<PersonNames>();
        services.AddScoped<NewZone.ZoneCreation>();
        services.AddScoped<PortalTheme>();
        services.AddSingleton<Snippets>();
    }

    public static void MapShell(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireAuthorization();
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        // Without Platform or Identity the portal still answers: it says on its pages what is away.
        app.MapGet("/health/ready", () => Results.Text("ready")).AllowAnonymous();
    }
}
