using JasperFx;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Platform;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;

try
{
    var app = PlatformApplication.Create(args);
    if (args is ["db-apply"])
    {
        await app.Services.GetRequiredService<DatabaseSchema>().Apply(CancellationToken.None);
        return 0;
    }

    return args is ["codegen", ..] ? await app.RunJasperFxCommands(args) : await app.RunUntilStopped();
}
catch (InvalidSettingException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
catch (IOException fault) when (fault.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    await Console.Error.WriteLineAsync($"PLATFORM_URLS: {fault.Message}");
    return 1;
}
