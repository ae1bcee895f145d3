using System.Buffers.Binary;
using System.Numerics;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Rewriting;

/// <summary>A batch that becomes another producer's keeps a checksum that fits.</summary>
public class ProducerMarkTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1_000_003)]
    public void The_checksum_is_that_of_the_changed_batch(int valueLength)
    {
        var batch = RawRequests.Batch(producerId: 7, epoch: 0, sequence: 0, valueLength: valueLength);
        Assert.Equal(Checksum(batch), Stored(batch));

        ProducerIds.Mark(batch.AsSpan(0, 51));

        Assert.Equal(7 | (1L << 62), BinaryPrimitives.ReadInt64BigEndian(batch.AsSpan(43)));
        Assert.Equal(Checksum(batch), Stored(batch));
    }

    [Fact]
    public void A_batch_without_a_producer_stays_as_it_is()
    {
        var batch = RawRequests.Batch();
        var before = batch.ToArray();
        ProducerIds.Mark(batch.AsSpan(0, 51));
        Assert.Equal(before, batch);
    }

    private static uint Stored(byte[] batch) => BinaryPrimitives.ReadUInt32BigEndian(batch.AsSpan(17));

    private static uint Checksum(byte[] batch) => ~batch.Skip(21).Aggregate(~0u, BitOperations.Crc32C);
}
