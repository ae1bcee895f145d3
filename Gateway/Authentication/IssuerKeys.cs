using Microsoft.IdentityModel.Tokens;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>
/// An issuer's signing keys (JWKS, RFC 7517): read at start and every few minutes, and when a token names a key that is not known. The last ones stay
/// while the issuer is away, also over a restart by the state file.
/// </summary>
public sealed partial class IssuerKeys(string issuer, Uri url, TimeSpan interval, IHttpClientFactory http, TimeProvider time, ILogger<IssuerKeys> log) : IDisposable
{
    public const string HttpClientName = "issuer-keys";

    /// <summary>Tokens with invented key ids cause no more looks than this.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _single = new(1);
    private volatile IReadOnlyList<SecurityKey> _keys = [];
    private long _lookedAt;
    private bool _failing;

    /// <summary>Raised when the keys are others than before.</summary>
    public event Action? Changed;

    public string Issuer => issuer;

    /// <summary>The keys as the issuer wrote them; null: never read.</summary>
    public string? Json { get; private set; }

    /// <summary>The keys, after another look when none of them is the one that a token names.</summary>
    /// <param name="keyId">Null or empty: the token names none.</param>
    public async Task<IReadOnlyList<SecurityKey>> ForAsync(string? keyId, CancellationToken cancellationToken)
    {
        var keys = _keys;
        if (keys.Count == 0 || (!string.IsNullOrEmpty(keyId) && !keys.Any(k => k.KeyId == keyId)))
        {
            // Whoever asks may leave; the look is for all.
            await LookAsync(ShortestPause, CancellationToken.None).WaitAsync(cancellationToken);
        }

        return _keys;
    }

    /// <summary>Reads the keys for as long as the node runs.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await LookAsync(ShortestPause, cancellationToken);
            await Task.Delay(_failing ? ShortestPause : interval, time, cancellationToken);
        }
    }

    /// <summary>Takes over what an earlier run knew.</summary>
    /// <exception cref="ArgumentException">It is not a JWKS.</exception>
    public void Restore(string json)
    {
        _keys = Parse(json);
        Json = json;
    }

    public void Dispose() => _single.Dispose();

    private async Task LookAsync(TimeSpan notWithin, CancellationToken cancellationToken)
    {
        await _single.WaitAsync(cancellationToken);
        try
        {
            if (_lookedAt != 0 && time.GetElapsedTime(_lookedAt) < notWithin)
            {
                return;
            }

            using var client = http.CreateClient(HttpClientName);
            var json = await client.GetStringAsync(url, cancellationToken);
            var keys = Parse(json);
            (_keys, _failing) = (keys, false);
            if (json != Json)
            {
                Json = json;
                LogRead(issuer, keys.Count);
                Changed?.Invoke();
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_failing)
            {
                LogNotRead(e is HttpRequestException or ArgumentException or OperationCanceledException ? null : e, issuer, e.Message);
            }

            _failing = true;
        }
        finally
        {
            _lookedAt = time.GetTimestamp();
            _single.Release();
        }
    }

    private static IReadOnlyList<SecurityKey> Parse(string json)
    {
        var keys = new JsonWebKeySet(json).GetSigningKeys().Where(k => k is not SymmetricSecurityKey and not JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.Octet }).ToList();
        return keys.Count > 0 ? [.. keys] : throw new ArgumentException("it holds no public signing key");
    }

    [LoggerMessage(LogLevel.Information, "Issuer {Issuer} has {Keys} signing keys")]
    private partial void LogRead(string issuer, int keys);

    [LoggerMessage(LogLevel.Warning, "The signing keys of issuer {Issuer} cannot be read, the last ones stay: {Reason}")]
    private partial void LogNotRead(Exception? unexpected, string issuer, string reason);
}
