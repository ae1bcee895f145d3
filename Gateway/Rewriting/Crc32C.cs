using System.Buffers.Binary;
using System.Numerics;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// What becomes of a CRC-32C when bits of its message are turned, without the message: the checksum is linear in them. A remainder is a polynomial whose highest bit is the
/// coefficient of x^0.
/// </summary>
public static class Crc32C
{
    private const uint Polynomial = 0x82f63b78;
    private const uint One = 1u << 31;
    private const uint XToThe8 = One >> 8;

    /// <summary>The difference of two messages' checksums.</summary>
    /// <param name="difference">Eight bytes (big-endian) by which they differ.</param>
    /// <param name="behind">Number of bytes behind these, equal in both.</param>
    public static uint OfDifference(long difference, int behind) =>
        Multiply(XToThe8Times(behind), BitOperations.Crc32C(0, BinaryPrimitives.ReverseEndianness((ulong)difference)));

    private static uint XToThe8Times(int times)
    {
        var (result, power) = (One, XToThe8);
        for (; times > 0; times >>= 1)
        {
            if ((times & 1) != 0)
            {
                result = Multiply(result, power);
            }

            power = Multiply(power, power);
        }

        return result;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }
}
