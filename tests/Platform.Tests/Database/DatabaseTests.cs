using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Database;
using PartnerPlatform.Platform.Nodes;
using PartnerPlatform.Platform.PartnerZones;
using PartnerPlatform.Platform.PhysicalClusters;
using PartnerPlatform.Platform.ServiceAccounts;
using PartnerPlatform.Platform.Tests.Hosting;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.Tests.Database;

public sealed class DatabaseTests
{
    [Fact]
    public async Task Names_of_stored_events_are_the_approved_ones()
    {
        await using var platform = await PlatformUnderTest.Start();
        var store = platform.Services.GetRequiredService<IDocumentStore>();
        Approved.Check("event-names", string.Join('\n', store.Options.Events.AllKnownEventTypes()
            .Where(e => e.EventType.Namespace!.StartsWith("PartnerPlatform", StringComparison.Ordinal))
            .Select(e => $"{e.EventTypeName} = {e.EventType.Name}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Snapshots_are_what_the_events_say()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        await platform.Mutate("issueToken", new { reason = Scenes.Why, virtualCluster = "acme", serviceAccount = "app" }, "tokenId");
        await platform.Mutate("withdrawTopic", new { reason = Scenes.Why, zone = "acme", name = "orders" }, "change { id }");
        await platform.Mutate("suspendPartnerZone", new { reason = Scenes.Why, zone = "acme" }, "change { id }");
        await platform.Mutate("rotateClientSecret", new { reason = Scenes.Why, clientId = "node-1", overlap = "PT1H" }, "secret");
        await using var session = platform.Services.GetRequiredService<IDocumentStore>().QuerySession();
        var compared = await Same<PhysicalCluster>(session) + await Same<VirtualCluster>(session) + await Same<Alias>(session) + await Same<ServiceAccount>(session)
            + await Same<AccessControlList>(session) + await Same<PartnerZone>(session) + await Same<Node>(session) + await Same<Client>(session);
        Assert.Equal(10, compared);
    }

    [Fact]
    public async Task The_schema_can_be_applied_again_and_needs_nothing_more()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Services.GetRequiredService<DatabaseSchema>().Apply(CancellationToken.None);
        await platform.Services.GetRequiredService<IDocumentStore>().Storage.Database.AssertDatabaseMatchesConfigurationAsync();
    }

    [Fact]
    public async Task Connections_that_are_killed_are_made_again()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        var cursor = (await platform.Feed(null)).Cursor;
        await using (var connection = new NpgsqlConnection((await PrivatePostgres.Get()).ConnectionString))
        {
            await connection.OpenAsync();
            await using var kill = new NpgsqlCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", connection);
            kill.Parameters.Add(new() { Value = new NpgsqlConnectionStringBuilder(platform.Database).Database! });
            await kill.ExecuteNonQueryAsync();
        }

        string? refusal = "";
        for (var i = 0; i < 50 && refusal is not null; i++)
        {
            refusal = await platform.RefusalOf("createOrganization", new { reason = Scenes.Why, name = "after", idempotencyKey = "after" });
            Assert.True(refusal is null or "DEPENDENCY_UNAVAILABLE", refusal);
        }

        Assert.Null(refusal);
        await platform.CreateZone();
        Assert.NotEmpty((await platform.Feed(cursor)).Entries);
    }

    private static async Task<int> Same<T>(IQuerySession session) where T : class, IState<T>
    {
        var snapshots = await session.Query<T>().ToListAsync();
        foreach (var snapshot in snapshots)
        {
            var events = await session.Events.FetchStreamAsync(snapshot.Id);
            var folded = Fold.All<T>(null, events.Select(e => e.Data))!;
            folded.Version = (int)events[^1].Version;
            Assert.Equal(Given.Json(folded), Given.Json(snapshot));
        }

        return snapshots.Count;
    }
}
