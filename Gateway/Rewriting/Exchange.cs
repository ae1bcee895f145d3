using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// The gateway must not go on with this connection: what the client sent cannot be answered within the protocol, or what the
/// broker sent may not be shown. The reason is for the log; it holds no secret and no name that the client gave.
/// </summary>
public sealed class ConnectionRefusedException(string reason) : Exception(reason);

/// <summary>
/// Stands in a request for a topic that the client may not touch, under a name or id that no broker can know, so that the broker answers for
/// its partitions as for any unknown topic; on the way back it becomes the client's own again, with the error it deserves.
/// </summary>
public sealed record Decoy(byte[] NameUtf8, Guid Id, ErrorCode Error);

/// <summary>One request, and what must be remembered until its answer.</summary>
public sealed class Exchange
{
    /// <summary>First byte of a decoy's name: no Kafka topic name may hold it.</summary>
    private const byte DecoyMark = (byte)'~';

    /// <summary>Random for each process, so that what is derived by it exists nowhere.</summary>
    private static readonly byte[] DecoyKey = RandomNumberGenerator.GetBytes(32);

    private Dictionary<Guid, Decoy>? _decoys;

    public required ApiDefinition Api { get; init; }

    public required short Version { get; init; }

    /// <summary>The client's correlation id.</summary>
    public required int CorrelationId { get; init; }

    public required Session Session { get; init; }

    public required TenantView View { get; set; }

    public bool IsPassthrough => View.Cluster.Kind == Contracts.Feed.VirtualClusterKind.Passthrough;

    public required ConnectionMemory Memory { get; init; }

    public ApiRight Right => ApiRights.Table[Api.Key];

    public Access Access => new(Session, View.Cluster);

    public MessageTable RequestTable => Api.Request.Table(Version);

    public MessageTable ResponseTable => Api.Response.Table(Version);

    /// <summary>False for Produce with acks=0: a broker never answers it.</summary>
    public bool ExpectsAnswer { get; set; } = true;

    /// <summary>Error of the group or transactional id that the request is about; its topics share it.</summary>
    public ErrorCode Refusal { get; set; }

    /// <summary>True: what the node knows of the cluster may be too old for this request; a fresh look at it may help.</summary>
    public bool WantsFreshLook { get; set; }

    /// <summary>Protocol type of the group, where the request or an earlier one told it.</summary>
    public string? ProtocolType { get; set; }

    /// <summary>What a class of <see cref="NodeApi"/> remembers between request and answer.</summary>
    public object? State { get; set; }

    public bool HasDecoys => _decoys is { Count: > 0 };

    public byte[] AddDecoy(ReadOnlySpan<byte> name, ErrorCode error) =>
        Encoding.ASCII.GetBytes($"~{Add(new Decoy(name.ToArray(), Guid.Empty, error)):N}");

    public Guid AddDecoy(Guid id, ErrorCode error) => Add(new Decoy([], id, error));

    /// <summary>Takes back a decoy whose topic was found after all.</summary>
    public void RemoveDecoy(Guid key)
    {
        _decoys?.Remove(key);
        Memory.ForgetDecoy(key);
    }

    public Decoy? FindDecoy(ReadOnlySpan<byte> name) =>
        name.Length > 1 && name[0] == DecoyMark && Guid.TryParseExact(Encoding.ASCII.GetString(name[1..]), "N", out var key) ? FindDecoy(key) : null;

    public Decoy? FindDecoy(Guid id) => _decoys?.GetValueOrDefault(id) ?? (HasSession ? Memory.FindDecoy(id) : null);

    /// <summary>True: the broker keeps topics of this request, and answers for them in later ones that do not name them.</summary>
    private bool HasSession => Api.Key == ApiKey.Fetch;

    /// <summary>The same topic has the same decoy in every request, so that a fetch session can be told to forget it.</summary>
    private Guid Add(Decoy decoy)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(DecoyKey, decoy.Id == Guid.Empty ? decoy.NameUtf8 : decoy.Id.ToByteArray(), hash);
        var key = new Guid(hash[..16], bigEndian: true);
        (_decoys ??= [])[key] = decoy;
        if (HasSession && Refusal == ErrorCode.None && decoy.NameUtf8.Length <= TenantView.MaximumTopicName)
        {
            Memory.RememberDecoy(key, decoy);
        }

        return key;
    }
}
