using System.Security.Cryptography;
using System.Text;

namespace PartnerPlatform.Contracts.Tokens;

/// <summary>
/// Codes that people read, paste or type: 25 letters and digits (125 random bits) in groups of five, without I, L, O and U, which are misread.
/// </summary>
public static class OneTimeCodes
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 25;
    private const int Group = 5;

    public static string Generate() =>
        string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(Group).Select(group => new string(group)));

    /// <summary>Lower-case hex SHA-256 of the code without case, hyphens and spaces. 125 random bits need neither salt nor a slow hash.</summary>
    public static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Plain(code))));

    private static string Plain(string code) => string.Concat(code.ToUpperInvariant().Where(sign => sign != '-' && !char.IsWhiteSpace(sign)))
        .Replace('O', '0').Replace('I', '1').Replace('L', '1');
}
