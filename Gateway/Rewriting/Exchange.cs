using System.Buffers.Binary;
using System.Security.Cryptography;
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

    /// <summary>First 12 bytes of a decoy's id: random for each process, so that it exists nowhere.</summary>
    private static readonly byte[] DecoyIdPrefix = RandomNumberGenerator.GetBytes(12);

    private List<Decoy>? _decoys;

    public required ApiDefinition Api { get; init; }

    public required short Version { get; init; }

    /// <summary>The client's correlation id.</summary>
    public required int CorrelationId { get; init; }

    public required Session Session { get; init; }

    public required TenantView View { get; set; }

    public required ConnectionMemory Memory { get; init; }

    public ApiRight Right => ApiRights.Table[Api.Key];

    public Access Access => new(Session, View.Cluster);

    public MessageTable RequestTable => Api.Request.Table(Version);

    public MessageTable ResponseTable => Api.Response.Table(Version);

    /// <summary>False for Produce with acks=0: a broker never answers it.</summary>
    public bool ExpectsAnswer { get; set; } = true;

    /// <summary>Error of the group or transactional id that the request is about; its topics share it.</summary>
    public ErrorCode Refusal { get; set; }

    /// <summary>True: a topic id resolved to nothing; a fresh look at the cluster may help.</summary>
    public bool MetUnknownTopicId { get; set; }

    /// <summary>Protocol type of the group, where the request or an earlier one told it.</summary>
    public string? ProtocolType { get; set; }

    /// <summary>What a class of <see cref="NodeApi"/> remembers between request and answer.</summary>
    public object? State { get; set; }

    public bool HasDecoys => _decoys is not null;

    public byte[] AddDecoy(ReadOnlySpan<byte> name, ErrorCode error)
    {
        var decoys = _decoys ??= [];
        decoys.Add(new Decoy(name.ToArray(), Guid.Empty, error));
        return System.Text.Encoding.ASCII.GetBytes($"~{decoys.Count - 1}");
    }

    public Guid AddDecoy(Guid id, ErrorCode error)
    {
        var decoys = _decoys ??= [];
        decoys.Add(new Decoy([], id, error));
        return DecoyId(decoys.Count - 1);
    }

    public Decoy? FindDecoy(ReadOnlySpan<byte> name) =>
        _decoys is not null && name.Length > 1 && name[0] == DecoyMark && int.TryParse(name[1..], out var index) && (uint)index < _decoys.Count ? _decoys[index] : null;

    public Decoy? FindDecoy(Guid id)
    {
        if (_decoys is null)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var index = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        return bytes[..12].SequenceEqual(DecoyIdPrefix) && (uint)index < _decoys.Count ? _decoys[index] : null;
    }

    private static Guid DecoyId(int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        DecoyIdPrefix.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], index);
        return new Guid(bytes, bigEndian: true);
    }
}
