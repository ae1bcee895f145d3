using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Clients;

public static class ClientSecrets
{
    /// <summary>As <see cref="SecretHash"/> says: SHA-256 is enough for 256 random bits, and cheap to check.</summary>
    public static SecretHash Hash(Secret secret)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new SecretHash(
            Convert.ToHexStringLower(salt), Convert.ToHexStringLower(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(secret.Reveal())])), null);
    }
}
