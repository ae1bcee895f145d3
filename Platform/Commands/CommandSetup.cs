using JasperFx.CodeGeneration;
using PartnerPlatform.Platform.Database;
using Wolverine;

namespace PartnerPlatform.Platform.Commands;

public static class CommandSetup
{
    public static void AddCommands(this WebApplicationBuilder builder)
    {
        builder.Services.AddOwnTables("commands", CommandTables.Sql);
        builder.Services.AddSingleton<Idempotency>().AddSingleton<ClaimReader>().AddSingleton<Acceptance>();
        builder.Services.AddSingleton(s => new Sweep("answers to idempotency keys", s.GetRequiredService<Idempotency>().Sweep));
        builder.Host.UseWolverine(options =>
        {
            options.ApplicationAssembly = typeof(CommandSetup).Assembly;
            options.ServiceName = "platform";
            // No message store: what must not be lost is in the events' transaction, a local message only wakes someone.
            options.Durability.Mode = DurabilityMode.Solo;
#if DEBUG
            options.CodeGeneration.TypeLoadMode = TypeLoadMode.Dynamic;
#else
            options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
#endif
            options.CodeGeneration.GeneratedCodeOutputPath = GeneratedCode.Path(builder.Environment.ContentRootPath);
        });
    }
}
