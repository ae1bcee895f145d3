using PartnerPlatform.Contracts.Http;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Configuration;
using PartnerPlatform.Web.Login;
using PartnerPlatform.Web.Shell;

try
{
    var builder = WebApplication.CreateBuilder(args);
    var options = WebOptions.Read(builder.Configuration);
    builder.WebHost.UseUrls($"{(options.Certificate is null ? "http" : "https")}://{options.Listen}");
    builder.WebHost.UseStaticWebAssets();
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
    builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);
    builder.Services.AddSingleton(options);
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddLostConnections();
    builder.Services.AddLogin(options);
    builder.Services.AddPlatformApi(options);
    builder.Services.AddShell();

    var app = builder.Build();
    app.UseSecurityHeaders();
    app.UseFaultPage();
    app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
    app.UseAuthentication();
    app.UseAuthorization();
    app.UseAntiforgery();
    app.MapHealth();
    app.MapLogin();
    app.MapShell();
    await app.RunAsync();
    return 0;
}
catch (InvalidSettingException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}
