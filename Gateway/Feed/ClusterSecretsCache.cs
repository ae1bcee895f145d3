using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>A cluster's secrets as the state file holds them.</summary>
/// <param name="Number">Of the connection that they belong to.</param>
/// <param name="Sealed">Base64: nonce (12 bytes), tag (16 bytes), AES-GCM of the secrets as JSON.</param>
public sealed record SealedClusterSecrets(int Number, string Sealed);

/// <summary>
/// Secrets of clusters' connections, from the control plane, and kept for when that is away: in the state file sealed by a key made of the node's own secret, which is not in the file.
/// </summary>
public sealed class ClusterSecretsCache(ControlPlaneOptions options, PlatformClient platform)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly ConcurrentDictionary<string, ClusterSecrets> _known = new(StringComparer.Ordinal);
    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.ClientSecret), 32, info: "cluster secrets of the state file"u8.ToArray());

    /// <summary>Raised when there is more to keep.</summary>
    public event Action? Changed;

    /// <exception cref="HttpRequestException">The control plane is not reachable, or has others by now; the feed will say so.</exception>
    public async Task<IReadOnlyDictionary<string, string>> GetAsync(string clusterId, int number, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(clusterId, out var known) && known.Number == number)
        {
            return known.Values;
        }

        var asked = await platform.ReadClusterSecretsAsync(clusterId, cancellationToken);
        if (asked.Number != number)
        {
            throw new HttpRequestException($"The control plane has the secrets of connection {asked.Number}, not of {number}.");
        }

        _known[clusterId] = asked;
        Changed?.Invoke();
        return asked.Values;
    }

    /// <summary>For the state file, by the cluster's id.</summary>
    public Dictionary<string, SealedClusterSecrets> Seal() => _known.ToDictionary(k => k.Key, k => new SealedClusterSecrets(k.Value.Number, Seal(k.Key, k.Value)));

    /// <summary>Takes over what the state file kept; what another secret of the node has sealed is asked for again.</summary>
    public void Restore(IReadOnlyDictionary<string, SealedClusterSecrets> kept)
    {
        foreach (var (id, secrets) in kept)
        {
            if (Open(id, secrets) is { } values)
            {
                _known[id] = new ClusterSecrets(secrets.Number, values);
            }
        }
    }

    private string Seal(string id, ClusterSecrets secrets)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(secrets.Values, ContractJson.Options);
        var result = new byte[NonceBytes + TagBytes + text.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var gcm = new AesGcm(_key, TagBytes);
        gcm.Encrypt(result.AsSpan(0, NonceBytes), text, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), Of(id, secrets.Number));
        return Convert.ToBase64String(result);
    }

    private Dictionary<string, string>? Open(string id, SealedClusterSecrets secrets)
    {
        try
        {
            var bytes = Convert.FromBase64String(secrets.Sealed);
            var text = new byte[Math.Max(0, bytes.Length - NonceBytes - TagBytes)];
            using var gcm = new AesGcm(_key, TagBytes);
            gcm.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes + TagBytes), bytes.AsSpan(NonceBytes, TagBytes), text, Of(id, secrets.Number));
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text, ContractJson.Options);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static byte[] Of(string id, int number) => Encoding.UTF8.GetBytes($"{id}/{number}");
}
