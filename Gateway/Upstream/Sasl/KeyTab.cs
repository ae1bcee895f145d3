using System.Buffers.Binary;
using System.Text;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>Reads as much of a Kerberos key tab (MIT format, version 0x502) as is needed to know whose it is.</summary>
internal static class KeyTab
{
    private const int Magic = 0x0502;

    /// <summary>The principal of the first entry, <c>name/instance@REALM</c>; null: there is none.</summary>
    public static string? FirstPrincipal(ReadOnlySpan<byte> file)
    {
        if (file.Length < 2 || BinaryPrimitives.ReadInt16BigEndian(file) != Magic)
        {
            return null;
        }

        file = file[2..];
        while (file.Length >= 4)
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(file);
            file = file[4..];
            if (size == int.MinValue || Math.Abs(size) > file.Length)
            {
                return null;
            }

            // A negative size is a hole, where an entry was deleted.
            if (size > 0)
            {
                return Principal(file[..size]);
            }

            file = file[Math.Abs(size)..];
        }

        return null;
    }

    private static string? Principal(ReadOnlySpan<byte> entry)
    {
        if (entry.Length < 2)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt16BigEndian(entry);
        entry = entry[2..];
        var parts = new List<string>();
        for (var i = 0; i <= count; i++)
        {
            if (entry.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(entry) is var length && entry.Length < 2 + length)
            {
                return null;
            }

            parts.Add(Encoding.UTF8.GetString(entry.Slice(2, length)));
            entry = entry[(2 + length)..];
        }

        return parts.Count > 1 ? $"{string.Join('/', parts.Skip(1))}@{parts[0]}" : null;
    }
}
