namespace PartnerPlatform.Identity.Keys;

/// <summary>A signing key as it lies in the database.</summary>
internal sealed class StoredKey
{
    /// <summary>The <c>kid</c> of tokens and JWKS.</summary>
    public required string KeyId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it signs, until the next key does.</summary>
    public required DateTimeOffset SignsFrom { get; init; }

    /// <summary>The private key (PKCS#8) under the master key, see <see cref="MasterKey"/>.</summary>
    public required byte[] Wrapped { get; init; }
}
