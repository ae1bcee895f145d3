using PartnerPlatform.Demo.State;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Demo.Parts;

/// <summary>The demo's private PostgreSQL, with a database each for Identity and Platform.</summary>
internal static class PostgresPart
{
    public static async Task<PostgresServer> StartAsync(DemoState state, DemoPorts ports, Running running, CancellationToken cancellation)
    {
        var installation = await PostgresInstallation.FindAsync(say: Console.WriteLine);
        var folder = await PostgresData.ReachableFolderAsync(installation, state.DatabaseFolder);
        var plan = new PostgresPlan(folder, ports.Postgres, state.Secret("postgres"), Path.Combine(state.Logs, "postgres.log"));
        var server = await PostgresServer.StartAsync(installation, plan, cancellation);
        running.Add(new Part("PostgreSQL", () => server.Process, server.StopAsync, server.StartAsync));
        return server;
    }
}
