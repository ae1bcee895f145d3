using PartnerPlatform.Demo.Orders;
using PartnerPlatform.Demo.Output;
using PartnerPlatform.Demo.Parts;
using PartnerPlatform.Demo.Seeding;
using PartnerPlatform.Demo.State;
using PartnerPlatform.Stack.Api;

namespace PartnerPlatform.Demo;

/// <summary>Everything on one machine: started in order, seeded, watched, stopped in reverse order.</summary>
internal sealed class DemoRun(DemoState state, DemoPorts ports, Running running)
{
    private readonly Services _services = new(state, ports);

    public async Task RunAsync(CancellationToken end)
    {
        var start = TimeProvider.System.GetTimestamp();
        var kafka = await StartAsync(end);
        using var stopProducer = CancellationTokenSource.CreateLinkedTokenSource(end);
        var producer = new OrdersProducer(kafka).RunAsync(stopProducer.Token);
        try
        {
            Terminal.Say(Guide.Text(_services, state.Shown, embedded: KafkaCluster.RealBootstrapServers is null));
            Terminal.Say($"Ready after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s.");
            await await Task.WhenAny(producer, running.WatchAsync(end));
        }
        finally
        {
            File.Delete(state.EnvironmentFile);
            await stopProducer.CancelAsync();
            await producer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>The cluster's bootstrap servers.</returns>
    private async Task<string> StartAsync(CancellationToken end)
    {
        var postgres = await Terminal.StepAsync("PostgreSQL", async () =>
        {
            var server = await PostgresPart.StartAsync(state, ports, running, end);
            return ($"127.0.0.1:{server.Port}", server);
        });
        var kafka = await Terminal.StepAsync("Kafka", () => KafkaCluster.StartAsync(state.Logs, running, end));
        await ServeAsync("Identity", _services.Identity(await postgres.EnsureDatabaseAsync("identity", end)), _services.IdentityUrl, end);
        await ServeAsync("Platform", _services.Platform(await postgres.EnsureDatabaseAsync("platform", end)), _services.PlatformUrl, end);

        using var api = new GraphQLClient(_services.IdentityUrl, _services.PlatformUrl, "operator", _services.OperatorSecret);
        var seed = new Seed(api, state);
        var nodes = Enumerable.Range(0, ports.Gateways.Count).ToArray();
        await Terminal.StepAsync("organizations, nodes", async () =>
        {
            await api.LogInAsync(end);
            await seed.FoundationAsync(nodes.Select(Services.GatewayName), end);
            return "seeded by GraphQL";
        });
        await Terminal.StepAsync("Gateway, two nodes", async () =>
        {
            await Task.WhenAll(nodes.Select(node => Services.StartAsync(_services.Gateway(node, kafka), Services.GatewayName(node), running, end)));
            return _services.Bootstrap;
        });
        var logins = await Terminal.StepAsync("partner zones", async () =>
        {
            var made = new List<PartnerLogin>();
            foreach (var partner in Seed.Partners)
            {
                made.Add(await seed.PartnerAsync(partner, end));
            }

            return ($"{string.Join(", ", made.Select(login => login.Partner))} ready", made);
        });
        await Terminal.StepAsync("first look as a client", async () =>
        {
            var looks = _services.Bootstrap.Split(',').SelectMany(node => logins.Zip(
                Seed.Partners, (login, partner) => FirstLook.SeesAsync(node, login, partner.Topics.Select(topic => topic.Alias), end)));
            await Task.WhenAll(looks);
            return string.Join("; ", Seed.Partners.Select(partner => $"{partner.Key} sees {string.Join(", ", partner.Topics.Select(topic => topic.Alias))}"));
        });
        foreach (var login in logins)
        {
            ClientFiles.Write(state, _services, login);
        }

        await ServeAsync("Web", _services.Web(), _services.WebUrl, end);
        await Terminal.StepAsync("people", async () =>
        {
            var people = new People(api, state, _services.IdentityUrl);
            foreach (var person in People.All)
            {
                await people.JoinAsync(person, end);
            }

            return string.Join(", ", People.All.Select(person => person.LoginName));
        });
        ClientFiles.WriteEnvironment(state, _services, logins, await seed.ClientSecretAsync(Seed.Partners[0], end));
        return kafka;
    }

    private Task ServeAsync(string title, Stack.Processes.ServicePlan plan, Uri url, CancellationToken end) => Terminal.StepAsync(title, async () =>
    {
        await Services.StartAsync(plan, title, running, end);
        return url.AbsoluteUri;
    });
}
