using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Identity.Clients;

/// <summary>
/// Secrets of clients are 256 random bits, so one round of SHA-256 over salt and secret is enough; a slow hash protects passwords that
/// people choose. Several hashes are valid during a rotation.
/// </summary>
internal static class ClientSecrets
{
    private const int SaltBytes = 16;

    /// <summary>What OpenIddict's store keeps as the client's secret.</summary>
    public static string Pack(IEnumerable<SecretHash> hashes) => JsonSerializer.Serialize(hashes, ContractJson.Options);

    public static SecretHash Hash(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new SecretHash(Convert.ToHexStringLower(salt), Convert.ToHexStringLower(Digest(salt, secret)), ExpiresAt: null);
    }

    /// <summary>Takes the same time for every secret of the same length, right or wrong.</summary>
    public static bool Matches(string secret, string packed, DateTimeOffset now)
    {
        var hashes = JsonSerializer.Deserialize<SecretHash[]>(packed, ContractJson.Options) ?? [];
        var matches = false;
        foreach (var hash in hashes)
        {
            var alive = hash.ExpiresAt is null || hash.ExpiresAt > now.ToUnixTimeSeconds();
            var equal = CryptographicOperations.FixedTimeEquals(Digest(Convert.FromHexString(hash.Salt), secret), Convert.FromHexString(hash.Hash));
            matches |= equal & alive;
        }

        return matches;
    }

    private static byte[] Digest(byte[] salt, string secret)
    {
        var secretBytes = Encoding.UTF8.GetByteCount(secret);
        var input = new byte[salt.Length + secretBytes];
        salt.CopyTo(input, 0);
        Encoding.UTF8.GetBytes(secret, input.AsSpan(salt.Length));
        return SHA256.HashData(input);
    }
}
