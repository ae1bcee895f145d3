using System.Globalization;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Demo.State;

/// <summary>Ports on 127.0.0.1, chosen at the first start and kept: clients know them.</summary>
internal sealed record DemoPorts(int Postgres, int Identity, int Platform, int Web, IReadOnlyList<GatewayPorts> Gateways)
{
    /// <summary>One for each (cluster, broker) slot of the gateways, with room for brokers to come.</summary>
    public const int GatewayPortCount = 10;

    private static readonly DemoPorts Preferred = new(15432, 15081, 15080, 15082, [new GatewayPorts(15091, 16900), new GatewayPorts(15092, 16920)]);

    /// <param name="another">Take others instead of those that are taken; else a taken one is an error.</param>
    /// <param name="usual">The first start takes the usual ones where they are free; else it is one demo of several, which would all find them free at the same time.</param>
    public static DemoPorts Choose(string file, bool another, bool usual)
    {
        var known = File.Exists(file) ? Read(file) : null;
        var ports = known is null ? usual ? Preferred.WithoutTaken() : Unusual() : another ? known.WithoutTaken() : known;
        ports.RequireFree();
        ports.Write(file);
        return ports;
    }

    private static DemoPorts Unusual() => new(
        FreePorts.Take(), FreePorts.Take(), FreePorts.Take(), FreePorts.Take(),
        [.. Preferred.Gateways.Select(_ => new GatewayPorts(FreePorts.Take(), FreePorts.TakeRange(GatewayPortCount)))]);

    private DemoPorts WithoutTaken() => new(
        Single(Postgres),
        Single(Identity),
        Single(Platform),
        Single(Web),
        [.. Gateways.Select(gateway => new GatewayPorts(
            Single(gateway.Http), gateway.Kafka.All(FreePorts.IsFree) ? gateway.KafkaStart : FreePorts.TakeRange(GatewayPortCount)))]);

    private static int Single(int port) => FreePorts.IsFree(port) ? port : FreePorts.Take();

    private static DemoPorts Read(string file)
    {
        var values = File.ReadAllLines(file).Select(line => line.Split('=')).ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        return new DemoPorts(
            values["POSTGRES"],
            values["IDENTITY"],
            values["PLATFORM"],
            values.TryGetValue("WEB", out var web) ? web : Single(Preferred.Web),
            [.. Preferred.Gateways.Select((_, i) => new GatewayPorts(values[$"GATEWAY_{i + 1}_HTTP"], values[$"GATEWAY_{i + 1}_KAFKA"]))]);
    }

    private void Write(string file) => PrivateFiles.Write(file, string.Join('\n', Lines()) + '\n');

    private IEnumerable<string> Lines() =>
    [
        $"POSTGRES={Postgres}",
        $"IDENTITY={Identity}",
        $"PLATFORM={Platform}",
        $"WEB={Web}",
        .. Gateways.SelectMany((gateway, i) => new[] { $"GATEWAY_{i + 1}_HTTP={gateway.Http}", $"GATEWAY_{i + 1}_KAFKA={gateway.KafkaStart}" }),
    ];

    private void RequireFree()
    {
        IEnumerable<(string Part, int Port)> all =
        [
            ("PostgreSQL", Postgres),
            ("Identity", Identity),
            ("Platform", Platform),
            ("Web", Web),
            .. Gateways.SelectMany((gateway, i) => gateway.Kafka.Prepend(gateway.Http).Select(port => ($"gateway-{i + 1}", port))),
        ];
        foreach (var (part, port) in all)
        {
            if (!FreePorts.IsFree(port))
            {
                throw new StackException($"Port {port} of {part} is taken by another process; free it, or start with --new-ports to take others.");
            }
        }
    }
}

internal sealed record GatewayPorts(int Http, int KafkaStart)
{
    public IEnumerable<int> Kafka => Enumerable.Range(KafkaStart, DemoPorts.GatewayPortCount);
}
