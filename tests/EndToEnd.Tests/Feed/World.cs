using System.Globalization;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Feed;

/// <summary>Random changes to zones, topics, accounts, tokens and ACLs.</summary>
internal sealed class World(Api api, Random random)
{
    private readonly string _name = "world-" + Guid.NewGuid().ToString("n")[..8];
    private readonly List<string> _zones = [];
    private readonly List<(string Zone, string Account)> _accounts = [];
    private readonly List<(string Zone, string Topic)> _topics = [];
    private int _number;

    public int Accepted { get; private set; }

    public int Withdrawn { get; private set; }

    public async Task BeginAsync()
    {
        await api.ChangeAsync("createOrganization", new { name = _name });
        await NewZoneAsync();
    }

    public async Task ChangeAsync()
    {
        await (random.Next(8) switch
        {
            0 => NewZoneAsync(),
            1 or 2 => NewAccountAsync(),
            3 when _accounts.Count > 0 => Account("revokeServiceAccount", (zone, account) => new { virtualCluster = zone, name = account }),
            4 when _accounts.Count > 0 => Account("issueToken", (zone, account) => new { virtualCluster = zone, serviceAccount = account }),
            5 when _accounts.Count > 0 => Account("revokeTokens", (zone, account) => new { virtualCluster = zone, serviceAccount = account }),
            6 when _topics.Count > 0 => WithdrawAsync(),
            7 => api.ChangeAsync(random.Next(2) == 0 ? "suspendPartnerZone" : "resumePartnerZone", new { zone = Pick(_zones) }),
            _ => ShareAsync(),
        });
        Accepted++;
    }

    public async Task NewZoneAsync()
    {
        var zone = Next(_name);
        await api.ChangeAsync("createPartnerZone", new { name = zone, organization = _name, serviceAccounts = new[] { "app" } });
        _zones.Add(zone);
        _accounts.Add((zone, "app"));
    }

    private async Task NewAccountAsync()
    {
        var (zone, account) = (Pick(_zones), Next("app"));
        await api.ChangeAsync("createServiceAccount", new { virtualCluster = zone, name = account });
        _accounts.Add((zone, account));
    }

    private async Task ShareAsync()
    {
        // A topic has one name in a virtual cluster: a zone that has it gets another application instead.
        var free = _zones.Except(_topics.Select(t => t.Zone)).ToList();
        if (free.Count == 0)
        {
            await NewAccountAsync();
            return;
        }

        var (zone, topic) = (Pick(free), Next("topic"));
        await api.ChangeAsync("shareTopic", new { zone, name = topic, physicalTopic = Shop.Orders, permission = random.Next(2) == 0 ? "READ" : "READ_WRITE" });
        _topics.Add((zone, topic));
    }

    private async Task WithdrawAsync()
    {
        var (zone, topic) = Pick(_topics);
        await api.ChangeAsync("withdrawTopic", new { zone, name = topic });
        _topics.Remove((zone, topic));
        Withdrawn++;
    }

    private Task Account(string mutation, Func<string, string, object> input)
    {
        var (zone, account) = Pick(_accounts);
        return api.ChangeAsync(mutation, input(zone, account));
    }

    private string Next(string prefix) => $"{prefix}-{(++_number).ToString(CultureInfo.InvariantCulture)}";

    private T Pick<T>(List<T> from) => from[random.Next(from.Count)];
}
