using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PartnerPlatform.Gateway.Certificates;

/// <summary>
/// Subject names of certificates as text, letter for letter as Java's <c>X500Principal.getName()</c> writes them (RFC 2253), since that is what Kafka's mapping rules
/// are written for: <c>CN=alice,OU=Partners,O=Acme,C=NL</c>, the most specific part first.
/// </summary>
internal static class DistinguishedName
{
    private const string Escaped = ",=+<>#;\"\\";

    /// <summary>Keywords of RFC 2253; other attributes are written by their object identifiers.</summary>
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["2.5.4.3"] = "CN",
        ["2.5.4.6"] = "C",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.9"] = "STREET",
        ["0.9.2342.19200300.100.1.25"] = "DC",
        ["0.9.2342.19200300.100.1.1"] = "UID",
    };

    public static string Of(X500DistinguishedName name)
    {
        var sequence = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
        var parts = new List<string>();
        while (sequence.HasData)
        {
            var set = sequence.ReadSetOf(skipSortOrderValidation: true);
            var together = new List<string>();
            while (set.HasData)
            {
                together.Add(Attribute(set.ReadSequence()));
            }

            parts.Add(string.Join('+', together));
        }

        parts.Reverse();
        return string.Join(',', parts);
    }

    private static string Attribute(AsnReader attribute)
    {
        var type = attribute.ReadObjectIdentifier();
        var value = attribute.PeekEncodedValue();
        return Keywords.TryGetValue(type, out var keyword) && Text(attribute) is { } text ? $"{keyword}={Escape(text)}" : $"{type}=#{Convert.ToHexStringLower(value.Span)}";
    }

    /// <summary>Null: it is no text.</summary>
    private static string? Text(AsnReader value) => value.PeekTag() is { TagClass: TagClass.Universal, TagValue: var tag } && (UniversalTagNumber)tag is
        var kind and (UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.T61String or UniversalTagNumber.BMPString)
        ? value.ReadCharacterString(kind)
        : null;

    private static string Escape(string text)
    {
        var lead = text.TakeWhile(IsBlank).Count();
        var trail = lead == text.Length ? 0 : text.Reverse().TakeWhile(IsBlank).Count();
        var escaped = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                escaped.Append("\\00");
                continue;
            }

            if (Escaped.Contains(text[i], StringComparison.Ordinal) || i < lead || i >= text.Length - trail)
            {
                escaped.Append('\\');
            }

            escaped.Append(text[i]);
        }

        return escaped.ToString();
    }

    private static bool IsBlank(char c) => c is ' ' or '\r';
}
