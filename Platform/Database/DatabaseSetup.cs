using JasperFx;
using JasperFx.Events;
using Marten;
using Npgsql;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Nodes;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.People;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.VirtualClusters;
using Weasel.Core;

namespace PartnerPlatform.Platform.Database;

public static class DatabaseSetup
{
    public static void AddDatabase(this WebApplicationBuilder builder, PlatformOptions settings)
    {
        builder.Services.AddSingleton(_ => new NpgsqlDataSourceBuilder(settings.Database).Build());
        builder.Services.AddMarten(sp =>
        {
            var options = new StoreOptions();
            options.Connection(sp.GetRequiredService<NpgsqlDataSource>());
            options.DatabaseSchemaName = "platform";
            options.AutoCreateSchemaObjects = AutoCreate.None;
            options.UseSystemTextJsonForSerialization(EnumStorage.AsString);
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.MetadataConfig.UserNameEnabled = true;
            options.Events.MetadataConfig.CorrelationIdEnabled = true;
            options.Events.MetadataConfig.CausationIdEnabled = true;
            options.Events.MetadataConfig.HeadersEnabled = true;
            options.Events.UseExclusiveLockOnConcurrentAppends = true;
            options.Events.TimeProvider = sp.GetRequiredService<TimeProvider>();
            options.AddEveryStream();
            return options;
        });
        builder.Services.AddSingleton<DatabaseSchema>().AddSingleton<DatabaseStart>().AddHostedService<Sweeper>();
        builder.Services.AddHostedService(sp => sp.GetRequiredService<DatabaseStart>());
        builder.Services.AddSingleton(new DatabaseStartOptions(settings.ApplySchema));
    }

    public static void AddEveryStream(this StoreOptions options)
    {
        options.AddOrganizations();
        options.AddPhysicalClusters();
        options.AddVirtualClusters();
        options.AddAliases();
        options.AddServiceAccounts();
        options.AddAccessControl();
        options.AddPartnerZones();
        options.AddNodes();
        options.AddClients();
        options.AddPeople();
    }
}
