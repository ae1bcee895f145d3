using JasperFx;
using PartnerPlatform.Gateway;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Listeners;
using PartnerPlatform.Gateway.Operations;

try
{
    var builder = WebApplication.CreateBuilder(args);
    var clusters = KafkaClusterReader.Read(builder.Configuration);
    var settings = new SettingsReader(builder.Configuration);
    var options = GatewayOptions.Read(settings, clusters[0].Protocol);
    var controlPlane = ControlPlaneOptions.Read(settings);
    var oauth = OAuthOptions.Read(settings, controlPlane.IdentityUrl);
    var certificate = settings.OptionalFile(SettingsReader.Certificate);
    settings.ThrowIfFaulty();
    builder.Services.AddSingleton(options);
    builder.Services.Configure<HostOptions>(h => h.ShutdownTimeout = options.DrainTimeout + TimeSpan.FromSeconds(5));
    builder.Services.AddModel();
    builder.Services.AddKafka(clusters);
    builder.Services.AddRouting(controlPlane.ClientId);
    builder.Services.AddAuthentication(options, oauth);
    builder.Services.AddRelay();
    builder.Services.AddGatewayMetrics();
    builder.AddFeed(controlPlane);
    builder.AddListeners(options, certificate);

    var app = builder.Build();
    if (args is ["codegen", ..])
    {
        return await app.RunJasperFxCommands(args);
    }

    app.Services.GetRequiredService<StateWriter>().Restore();
    app.UseDraining();
    app.MapOperations();
    await app.RunAsync();
    return 0;
}
catch (InvalidSettingException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
