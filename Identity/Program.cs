using PartnerPlatform.Contracts.Http;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Clients;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Feed;
using PartnerPlatform.Identity.Health;
using PartnerPlatform.Identity.Keys;
using PartnerPlatform.Identity.Limits;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.Pages;
using PartnerPlatform.Identity.Provider;
using PartnerPlatform.Identity.Reports;
using PartnerPlatform.Identity.Tokens;

try
{
    // appsettings.json lies beside the program, wherever it is started from.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024;
    });
    var options = IdentityOptions.Read(builder.Configuration);
    builder.Services.AddSingleton(options);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddLostConnections();
    builder.Services.AddIdentityDatabase(options);
    builder.Services.AddSigningKeys(options);
    builder.Services.AddLogins(options);
    builder.Services.AddTokenServer(options);
    builder.Services.AddProvider(options);
    builder.Services.AddReports(options);
    builder.Services.AddPages(options);
    builder.Services.AddRequestLimits(options);
    builder.Services.AddFeed(options);
    builder.Services.AddIdentityHealth();

    var app = builder.Build();
    var onlySchema = args is ["apply-schema"];
    await app.PrepareDatabaseAsync(onlySchema || options.ApplySchema);
    if (onlySchema)
    {
        return 0;
    }

    await app.LoadSigningKeysAsync();
    await app.RegisterPortalAsync();
    app.UsePages(options);
    app.UseRateLimiter();
    app.UseDatabaseOutage();
    app.UseProviderOutage();
    app.UseAuthentication();
    app.UseAuthorization();
    app.MapIdentityHealth();
    app.MapPages();
    app.MapProvider(options);
    await app.RunAsync();
    return 0;
}
catch (InvalidSettingException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}
