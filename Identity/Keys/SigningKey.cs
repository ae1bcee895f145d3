using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace PartnerPlatform.Identity.Keys;

/// <summary>An ES256 key ready to sign.</summary>
internal sealed record SigningKey(string KeyId, DateTimeOffset SignsFrom, SigningCredentials Credentials)
{
    public static StoredKey Create(MasterKey masterKey, DateTimeOffset now, DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        var secret = key.ExportPkcs8PrivateKey();
        try
        {
            return new StoredKey { KeyId = id, CreatedAt = now, SignsFrom = signsFrom, Wrapped = masterKey.Wrap(id, secret) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public static SigningKey Open(StoredKey stored, MasterKey masterKey)
    {
        var secret = masterKey.Unwrap(stored.KeyId, stored.Wrapped);
        try
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(secret, out _);
            var credentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = stored.KeyId }, SecurityAlgorithms.EcdsaSha256);
            return new SigningKey(stored.KeyId, stored.SignsFrom, credentials);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
