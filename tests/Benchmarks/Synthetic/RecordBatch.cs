using System.Buffers.Binary;
using System.Numerics;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>A record batch (magic 2) with one record, as an idempotent producer writes it.</summary>
internal static class RecordBatch
{
    private const int LengthAt = 8;
    private const int CrcAt = 17;
    private const int AttributesAt = 21;
    private const int RecordCountAt = 57;

    /// <param name="size">Bytes of the batch, roughly: at most 10 more.</param>
    /// <param name="baseOffset">0 on its way to a broker.</param>
    public static byte[] Of(int size, long producerId, long baseOffset = 0)
    {
        var value = new byte[Math.Max(1, size - RecordCountAt - sizeof(int) - 10)];
        new Random(size).NextBytes(value);
        var record = new WireWriter(value.Length + 16);
        record.Int8(0);                                     // attributes
        record.UnsignedVarInt(0);                           // timestamp delta
        record.UnsignedVarInt(0);                           // offset delta
        record.UnsignedVarInt(1);                           // key: null
        record.UnsignedVarInt((uint)value.Length << 1);
        record.Bytes(value);
        record.UnsignedVarInt(0);                           // headers

        var batch = new WireWriter(record.Length + 80);
        batch.Int64(baseOffset);
        batch.Int32(0);                                     // length
        batch.Int32(0);                                     // leader epoch
        batch.Int8(2);                                      // magic
        batch.Int32(0);                                     // CRC
        batch.Int16(0);                                     // attributes
        batch.Int32(0);                                     // last offset delta
        batch.Int64(1_700_000_000_000);
        batch.Int64(1_700_000_000_000);
        batch.Int64(producerId);
        batch.Int16(0);                                     // producer epoch
        batch.Int32(0);                                     // sequence
        batch.Int32(1);                                     // records
        batch.UnsignedVarInt((uint)record.Length << 1);
        batch.Bytes(record.Written);
        var bytes = batch.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LengthAt), bytes.Length - LengthAt - sizeof(int));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcAt), Crc32C(bytes.AsSpan(AttributesAt)));
        return bytes;
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
