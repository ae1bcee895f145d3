using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Keys;

/// <summary>
/// The key from <c>IDENTITY_MASTER_KEY_FILE</c>. What is wrapped is: format (1 byte, 1), nonce (12), tag (16), ciphertext of AES-256-GCM,
/// with the name of what it is as associated data, so that rows cannot be swapped.
/// </summary>
internal sealed class MasterKey : IDisposable
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const byte Format = 1;

    private readonly AesGcm _cipher;

    private MasterKey(byte[] key)
    {
        _cipher = new AesGcm(key, TagBytes);
        Encryption = Derive("identity token encryption"u8);
        StateSigning = Derive("identity provider state"u8);
        PersonIds = Derive("identity provider persons"u8);

        byte[] Derive(ReadOnlySpan<byte> purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: purpose.ToArray());
    }

    /// <summary>For what OpenIddict encrypts for itself (authorization codes, refresh tokens); access tokens are only signed.</summary>
    public byte[] Encryption { get; }

    /// <summary>Signs what travels through the browser to the identity provider and back.</summary>
    public byte[] StateSigning { get; }

    /// <summary>Ids of people are made with it: who knows an id and guesses a subject learns nothing.</summary>
    public byte[] PersonIds { get; }

    public static MasterKey Read(string file)
    {
        byte[] key;
        try
        {
            key = Convert.FromBase64String(File.ReadAllText(file).Trim());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"IDENTITY_MASTER_KEY_FILE cannot be read: {file}", unreadable);
        }
        catch (FormatException notBase64)
        {
            throw new InvalidSettingException($"IDENTITY_MASTER_KEY_FILE is not base64: {file}", notBase64);
        }

        return key.Length == KeyBytes
            ? new MasterKey(key)
            : throw new InvalidSettingException($"IDENTITY_MASTER_KEY_FILE must hold {KeyBytes} bytes in base64, not {key.Length}: {file}");
    }

    public byte[] Wrap(string name, ReadOnlySpan<byte> secret)
    {
        var wrapped = new byte[1 + NonceBytes + TagBytes + secret.Length];
        wrapped[0] = Format;
        var nonce = wrapped.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        _cipher.Encrypt(nonce, secret, wrapped.AsSpan(1 + NonceBytes + TagBytes), wrapped.AsSpan(1 + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(name));
        return wrapped;
    }

    public byte[] Unwrap(string name, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length <= 1 + NonceBytes + TagBytes || wrapped[0] != Format)
        {
            throw new InvalidSettingException($"What is wrapped in the database as {name} has an unknown format");
        }

        var secret = new byte[wrapped.Length - 1 - NonceBytes - TagBytes];
        try
        {
            _cipher.Decrypt(
                wrapped.Slice(1, NonceBytes), wrapped[(1 + NonceBytes + TagBytes)..], wrapped.Slice(1 + NonceBytes, TagBytes), secret, Encoding.UTF8.GetBytes(name));
            return secret;
        }
        catch (AuthenticationTagMismatchException other)
        {
            throw new InvalidSettingException($"IDENTITY_MASTER_KEY_FILE holds another key than the one that wrapped {name} in the database", other);
        }
    }

    public void Dispose() => _cipher.Dispose();
}
