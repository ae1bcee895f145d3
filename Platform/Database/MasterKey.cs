using System.Security.Cryptography;

namespace PartnerPlatform.Platform.Database;

/// <summary>What the database keeps of a secret: AES-256-GCM.</summary>
/// <param name="Nonce">12 bytes.</param>
/// <param name="Tag">16 bytes.</param>
/// <param name="Text">As long as the secret.</param>
public sealed record Sealed(byte[] Nonce, byte[] Tag, byte[] Text);

/// <summary>The key that seals what the database keeps secret: 32 bytes, from outside the database.</summary>
public sealed class MasterKey(byte[] key)
{
    public const string FileVariable = "PLATFORM_MASTER_KEY_FILE";

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <param name="owner">Whose secret it is: opened for another, it is refused.</param>
    public Sealed Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> owner = default)
    {
        var made = new Sealed(RandomNumberGenerator.GetBytes(NonceBytes), new byte[TagBytes], new byte[secret.Length]);
        using var gcm = new AesGcm(key, TagBytes);
        gcm.Encrypt(made.Nonce, secret, made.Text, made.Tag, owner);
        return made;
    }

    /// <exception cref="AuthenticationTagMismatchException">Another key has sealed it, it belongs to another owner, or it was changed.</exception>
    public byte[] Open(Sealed kept, ReadOnlySpan<byte> owner = default)
    {
        var secret = new byte[kept.Text.Length];
        using var gcm = new AesGcm(key, TagBytes);
        gcm.Decrypt(kept.Nonce, kept.Text, kept.Tag, secret, owner);
        return secret;
    }

    /// <summary>Tells whether two texts are the same, and nothing else to those without the key (HMAC-SHA256, hexadecimal).</summary>
    public string Digest(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, text));
}
