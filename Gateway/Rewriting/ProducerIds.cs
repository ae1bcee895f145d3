using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// Producer ids of idempotent producers carry a tag of virtual and physical cluster in their upper bits. A broker takes any id without a
/// transactional id, and would let one writer of a shared topic fence another by its number; numbers without the own tag are refused.
/// </summary>
public static class ProducerIds
{
    private const int TagShift = 40;
    private const int BatchLength = 8;
    private const int BatchChecksum = 17;
    private const int BatchAttributes = 21;
    private const int BatchProducerId = 43;
    private const int BatchMagic = 16;
    private const int TransactionalBit = 0x10;

    /// <summary>Bytes of a batch that are needed to judge it.</summary>
    private const int BatchHead = BatchProducerId + sizeof(long);

    /// <summary>A batch's length counts from behind its own field.</summary>
    private const int BatchLengthEnd = BatchLength + sizeof(int);

    /// <summary>The uppermost bit but the sign, which no tag holds.</summary>
    private const long MarkBit = 1L << 62;

    /// <summary>Asked for with every batch, made once for each state of a virtual cluster.</summary>
    private static readonly ConditionalWeakTable<VirtualCluster, StrongBox<long>> Tags = [];

    /// <summary>The id shown for one that a broker gave.</summary>
    /// <exception cref="ConnectionRefusedException">The broker's number reaches into the tag.</exception>
    public static long Show(long producerId, VirtualCluster cluster) =>
        producerId < 0 ? producerId
        : producerId >> TagShift != 0 ? throw new ConnectionRefusedException("The broker's producer id is too large to be tagged.")
        : (Tag(cluster) << TagShift) | producerId;

    /// <summary>Whether a batch is part of a transaction: the coordinator checks its producer id against the transactional id.</summary>
    /// <param name="head">First bytes of the batch (a broker takes one batch a partition).</param>
    public static bool IsTransactional(ReadOnlySpan<byte> head) =>
        HasProducerId(head) && (BinaryPrimitives.ReadInt16BigEndian(head[BatchAttributes..]) & TransactionalBit) != 0;

    /// <summary>Whether a batch may be written by this tenant, as far as its producer id goes.</summary>
    public static bool IsOwn(ReadOnlySpan<byte> head, VirtualCluster cluster) =>
        !HasProducerId(head) || IsTransactional(head) || BinaryPrimitives.ReadInt64BigEndian(head[BatchProducerId..]) is var id && (id == -1 || id >> TagShift == Tag(cluster));

    /// <summary>Makes the batch that of another producer, whom no client can name; its checksum is made to fit. A batch without a producer id stays as it is.</summary>
    /// <param name="head">First bytes of the batch.</param>
    public static void Mark(Span<byte> head)
    {
        if (!HasProducerId(head))
        {
            return;
        }

        var id = BinaryPrimitives.ReadInt64BigEndian(head[BatchProducerId..]);
        var behind = BinaryPrimitives.ReadInt32BigEndian(head[BatchLength..]) + BatchLengthEnd - BatchProducerId - sizeof(long);
        if (id < 0 || behind < 0)
        {
            // No producer's, or no batch that a broker takes.
            return;
        }

        BinaryPrimitives.WriteInt64BigEndian(head[BatchProducerId..], id ^ MarkBit);
        var checksum = BinaryPrimitives.ReadUInt32BigEndian(head[BatchChecksum..]);
        BinaryPrimitives.WriteUInt32BigEndian(head[BatchChecksum..], checksum ^ Crc32C.OfDifference(MarkBit, behind));
    }

    /// <summary>Batches that are shorter or older carry none.</summary>
    private static bool HasProducerId(ReadOnlySpan<byte> head) => head.Length >= BatchHead && head[BatchMagic] >= 2;

    private static long Tag(VirtualCluster cluster) => Tags.GetValue(cluster, c => new StrongBox<long>(Compute(c))).Value;

    private static long Compute(VirtualCluster cluster)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{cluster.Id}\0{cluster.PhysicalCluster}"), hash);

        // 22 bits, never zero: the sign bit stays free, the lower 40 are the broker's.
        return (BinaryPrimitives.ReadUInt32BigEndian(hash) & 0x3fffff) | 1;
    }
}
