using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>A blocking connection that does what a client does before its first record: versions, login, metadata, producer id.</summary>
internal sealed class KafkaConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Variant _variant;
    private readonly Dictionary<short, short> _highest;
    private int _correlationId;

    private KafkaConnection(Variant variant)
    {
        _variant = variant;
        Stream = Connect(variant);
        Frames = new FrameScanner(Stream);
        _highest = Ask(ApiKey.ApiVersions, 3, r => r.Set("clientSoftwareName", "benchmarks").Set("clientSoftwareVersion", "1"))
            .List("apiKeys").ToDictionary(k => k.Get<short>("apiKey"), k => k.Get<short>("maxVersion"));
        if (variant.Login is { } login)
        {
            Ask(ApiKey.SaslHandshake, 1, r => r.Set("mechanism", "PLAIN"));
            Ask(ApiKey.SaslAuthenticate, 2, r => r.Set("authBytes", Encoding.UTF8.GetBytes($"\0{login.Account}\0{login.Token}")));
        }

        TopicId = FindTopic();
        ProducerId = Ask(ApiKey.InitProducerId, 5, r => r.Set("transactionalId", null).Set("transactionTimeoutMs", 60_000)).Get<long>("producerId");
    }

    public Stream Stream { get; }

    public FrameScanner Frames { get; }

    public string Topic => _variant.Topic;

    public Guid TopicId { get; }

    public long ProducerId { get; }

    public static KafkaConnection Open(Variant variant) => new(variant);

    /// <summary>The error of a measurement that cannot be counted.</summary>
    public InvalidOperationException Failure(string what) => new($"{_variant.Name}: {what}");

    /// <summary>A request frame; its correlation id is put in when it is sent.</summary>
    public byte[] Frame(ApiKey api, short version, Node request) =>
        _highest.GetValueOrDefault((short)api, (short)-1) >= version ? OwnRequest.Frame(api, version, 0, request) : throw Failure($"version {version} of {api} is not offered.");

    public void Dispose() => Stream.Dispose();

    private static Stream Connect(Variant variant)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        socket.Connect("127.0.0.1", variant.Port);
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (!variant.IsTls)
        {
            return plain;
        }

        var encrypted = new SslStream(plain);
        encrypted.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, _, _, _) => true,

            // The same for all proxies, whatever they prefer.
            CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_256_GCM_SHA384]),
        });
        return encrypted;
    }

    private Guid FindTopic()
    {
        var answer = Ask(ApiKey.Metadata, 12, r =>
        {
            r.List("topics").Add(r.NewChild("topics").Set("name", Topic));
            r.Set("allowAutoTopicCreation", false);
        });
        var topic = answer.List("topics").Single();
        ThrowIfError(ApiKey.Metadata, topic);
        var leader = topic.List("partitions").Single().Get<int>("leaderId");
        var broker = answer.List("brokers").Single(b => b.Get<int>("nodeId") == leader);
        return _variant.Proxy is null || _variant.Login is null || broker.Get<int>("port") == _variant.Port
            ? topic.Get<Guid>("topicId")
            : throw Failure($"the leader of {Topic} is at port {broker.Get<int>("port")}, not at {_variant.Port}.");
    }

    private Node Ask(ApiKey api, short version, Action<Node> fill)
    {
        var request = Node.Of(Definitions.Apis[api].Request);
        fill(request);
        Stream.Write(OwnRequest.Frame(api, version, ++_correlationId, request));
        if (!Frames.Next())
        {
            throw Failure($"the connection was closed instead of an answer to {api}.");
        }

        var answer = OwnRequest.Read(api, version, _correlationId, Frames.Take().AsSpan(sizeof(int)));
        ThrowIfError(api, answer);
        return answer;
    }

    private void ThrowIfError(ApiKey api, Node answer)
    {
        if (answer.Has("errorCode") && answer.Get<short>("errorCode") is not 0 and var error)
        {
            throw Failure($"{api} is answered by error {error}.");
        }
    }
}
