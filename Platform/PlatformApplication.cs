using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Audit;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;
using PartnerPlatform.Platform.Feed;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.Nodes;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.People;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.Search;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.Sessions;

namespace PartnerPlatform.Platform;

/// <summary>The whole control plane as one host.</summary>
public static class PlatformApplication
{
    /// <param name="configure">Last word, for tests: configuration, keys of access tokens, clock.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configureFirst = null, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configureFirst?.Invoke(builder);
        var settings = PlatformOptions.Read(builder.Configuration);
        if (settings.Urls is { } urls)
        {
            builder.WebHost.UseUrls(urls);
        }

        builder.Logging.AddFilter("Marten", LogLevel.None).AddFilter("Wolverine", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddAccess(settings.Identity);
        builder.AddDatabase(settings);
        builder.AddCommands();
        builder.AddFeed(settings);
        builder.Services.AddPhysicalClusters();
        builder.Services.AddServiceAccounts(settings);
        builder.AddAliases();
        builder.AddPartnerZones(settings);
        builder.AddNodes(settings);
        builder.Services.AddSessions();
        builder.Services.AddClients(settings);
        builder.Services.AddPeople();
        builder.Services.AddAudit();
        builder.Services.AddSearch();
        builder.Services.AddAccessExplanations();
        builder.AddGraph(settings);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseDatabaseAwayAnswers();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15) });
        app.UseAuthentication();
        app.UseStanding();
        app.UseAuthorization();
        app.MapHealth();
        app.MapFeed();
        app.MapFacts();
        app.MapClusterSecrets();
        app.MapNodeAcls();
        app.MapPeopleFacts();
        app.MapPeopleAdmissions();
        app.MapGraph();
        return app;
    }
}
