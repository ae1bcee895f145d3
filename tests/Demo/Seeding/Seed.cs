using System.Text.Json;
using PartnerPlatform.Demo.Parts;
using PartnerPlatform.Demo.State;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Api;

namespace PartnerPlatform.Demo.Seeding;

/// <summary>A partner's way in: what a Kafka client needs as user name and password.</summary>
internal sealed record PartnerLogin(string Partner, string Username, string Password);

/// <summary>The same by OAuth client credentials.</summary>
internal sealed record OAuthLogin(string Partner, string ClientId, string ClientSecret);

/// <summary>The demo's content, told to Platform by its API. What is there already stays as it is.</summary>
internal sealed class Seed(GraphQLClient api, DemoState state)
{
    private const string Cluster = "main";
    private const string Reason = "demo";

    public static readonly IReadOnlyList<Partner> Partners =
    [
        new("acme", "Acme", "acme-app", [new("orders", KafkaCluster.Orders, "READ"), new("returns", KafkaCluster.Returns, "WRITE")]),
        new("globex", "Globex", "globex-app", [new("orders", KafkaCluster.Orders, "READ")]),
    ];

    /// <summary>What must be there before the gateways start.</summary>
    public async Task FoundationAsync(IEnumerable<string> nodes, CancellationToken cancellation)
    {
        foreach (var partner in Partners)
        {
            await EnsureAsync("CreateOrganization", new { name = partner.Key, displayName = partner.Name, reason = Reason }, $"organization-{partner.Key}", cancellation);
        }

        await EnsureAsync("RegisterPhysicalCluster", new { name = Cluster, reason = Reason }, $"cluster-{Cluster}", cancellation);
        foreach (var node in nodes)
        {
            await RegisterAsync(node, cancellation);
        }
    }

    public async Task<PartnerLogin> PartnerAsync(Partner partner, CancellationToken cancellation)
    {
        await EnsureAsync(
            "CreatePartnerZone",
            new
            {
                name = partner.Key,
                organization = partner.Key,
                physicalCluster = Cluster,
                topics = partner.Topics.Select(topic => new { name = topic.Alias, physicalTopic = topic.Topic, permission = topic.Permission }),
                serviceAccounts = new[] { partner.Account },
                reason = Reason,
            },
            $"zone-{partner.Key}",
            cancellation);
        // Ready once the gateways have reported the topics of the cluster.
        await UntilAsync(
            $"the partner zone {partner.Key} is ready",
            async () => (await api.SendAsync("Zone", new { name = partner.Key }, cancellation)).GetProperty("partnerZone").GetProperty("status").GetString() == "READY",
            cancellation);
        return new PartnerLogin(partner.Key, partner.Account, await TokenAsync(partner, cancellation));
    }

    /// <summary>The partner's application as an OAuth client.</summary>
    public async Task<OAuthLogin> ClientSecretAsync(Partner partner, CancellationToken cancellation)
    {
        var name = $"{partner.Key}.client";
        if (state.Find(name)?.Split('\n') is [var knownId, var knownSecret])
        {
            return new OAuthLogin(partner.Key, knownId, knownSecret);
        }

        var data = await api.SendAsync(
            "IssueClientSecret", new { input = new { virtualCluster = partner.Key, serviceAccount = partner.Account, awaitEnforcement = "PT10S", reason = Reason } }, cancellation);
        var issued = data.GetProperty("issueClientSecret");
        var login = new OAuthLogin(partner.Key, issued.GetProperty("clientId").GetString()!, issued.GetProperty("secret").GetString()!);
        state.Keep(name, $"{login.ClientId}\n{login.ClientSecret}");
        return login;
    }

    private async Task<string> TokenAsync(Partner partner, CancellationToken cancellation)
    {
        var name = $"{partner.Key}.token";
        if (state.Find(name) is { } known)
        {
            return known;
        }

        var data = await api.SendAsync(
            "IssueToken", new { input = new { virtualCluster = partner.Key, serviceAccount = partner.Account, awaitEnforcement = "PT10S", reason = Reason } }, cancellation);
        var token = data.GetProperty("issueToken").GetProperty("token").GetString()!;
        state.Keep(name, token);
        return token;
    }

    private async Task RegisterAsync(string node, CancellationToken cancellation)
    {
        var file = $"{node}.secret";
        if (state.Find(file) is not null)
        {
            return;
        }

        JsonElement data;
        try
        {
            data = await api.SendAsync("RegisterNode", Input(node), cancellation);
        }
        catch (RefusedException taken) when (taken.Code == "NAME_TAKEN")
        {
            // Registered by a start that ended before it could keep the secret, which is shown once.
            await api.SendAsync("RemoveNode", Input(node), cancellation);
            data = await api.SendAsync("RegisterNode", Input(node), cancellation);
        }

        state.Keep(file, data.GetProperty("registerNode").GetProperty("clientSecret").GetString()!);
    }

    private static object Input(string name) => new { input = new { name, reason = Reason } };

    /// <summary>The key makes a repeat harmless for a day, the name after that.</summary>
    private async Task EnsureAsync(string mutation, object input, string key, CancellationToken cancellation)
    {
        var fields = JsonSerializer.SerializeToNode(input)!.AsObject();
        fields["idempotencyKey"] = $"demo-{key}";
        try
        {
            await api.SendAsync(mutation, new { input = fields }, cancellation);
        }
        catch (RefusedException taken) when (taken.Code == "NAME_TAKEN")
        {
            // There from an earlier start: what was asked for.
        }
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> condition, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                throw new StackException($"It took longer than 30 s until {what}; see the logs of platform and gateway in {Path.Combine(".run", "logs")}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
        }
    }
}

internal sealed record Partner(string Key, string Name, string Account, IReadOnlyList<Share> Topics);

internal sealed record Share(string Alias, string Topic, string Permission);
