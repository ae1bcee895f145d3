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
        })
        // The properties of a cluster, certificates among them: Platform takes 100,000 characters, of up to four bytes each and more where JSON escapes them. SignalR would cut the page off at 32 KB.
        .AddHubOptions(hub => hub.MaximumReceiveMessageSize = 512 * 1024);
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
        // Without Platform or Identity the portal still answers: it says what is away, on its pages and to whom it cannot log in.
        app.MapGet("/health/ready", () => Results.Text("ready")).AllowAnonymous();
    }
}
