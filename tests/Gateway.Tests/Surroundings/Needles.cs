using System.Buffers.Binary;
using System.Text;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Byte strings that no tenant may ever see, as the brokers themselves tell them.</summary>
public sealed class Needles
{
    private readonly List<(string What, byte[] Bytes)> _all = [];

    /// <summary>Physical topic ids by physical name.</summary>
    public Dictionary<string, Guid> TopicIds { get; } = [];

    /// <summary>Host and port of the brokers.</summary>
    public List<(string Host, int Port)> Brokers { get; } = [];

    public static async Task<Needles> OfAsync(KafkaFixture kafka)
    {
        var needles = new Needles();
        foreach (var server in kafka.Kafka.Plaintext.Split(','))
        {
            needles.Brokers.Add((server.Split(':')[0], int.Parse(server.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)));
        }

        await using var client = await RawClient.ConnectAsync(needles.Brokers[0].Port);
        var answer = (await client.AskAsync(ApiKey.Metadata, 12, RawClient.NewRequest(ApiKey.Metadata).Set("topics", null))).Body;
        needles.Add("the cluster id", answer.Text("clusterId")!);
        foreach (var (host, port) in needles.Brokers)
        {
            needles.Add("a broker's address", $"{host}:{port}");
            var number = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, port);
            needles._all.Add(($"a broker's address ({host}, {port})", [.. Encoding.UTF8.GetBytes(host), .. number]));
        }

        foreach (var topic in answer.List("topics"))
        {
            var (name, id) = (topic.Text("name")!, topic.Get<Guid>("topicId"));
            needles.TopicIds[name] = id;
            needles._all.Add(($"the id of {name}", id.ToByteArray(bigEndian: true)));
            needles.Add("a physical topic", name);
        }

        foreach (var tenant in new[] { "acme", "globex", "initech", "shop", "store" })
        {
            needles.Add("a prefix", tenant + ".");
        }

        needles.Add("a foreign group", "payroll-readers");
        return needles;
    }

    /// <summary>What of it is in an answer, though the request did not say it.</summary>
    public IEnumerable<string> In(byte[] answer, byte[] request) =>
        _all.Where(n => answer.AsSpan().IndexOf(n.Bytes) >= 0 && request.AsSpan().IndexOf(n.Bytes) < 0).Select(n => n.What);

    private void Add(string what, string text) => _all.Add(($"{what} '{text}'", Encoding.UTF8.GetBytes(text)));
}
