using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>
/// Access tokens by client credentials (RFC 6749, 4.4): one request however many ask, kept, and replaced in good time, so that nobody waits for the issuer while the
/// last token is good. Thread-safe.
/// </summary>
internal sealed partial class TokenSource : IDisposable
{
    /// <summary>Part of a token's lifetime after which it is replaced, as Kafka's clients do.</summary>
    private const double RefreshAt = 0.8;

    /// <summary>A token that expires sooner than this is not shown to a broker any more.</summary>
    private static readonly TimeSpan TooShort = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly string _cluster;
    private readonly OAuthBearerOptions _options;
    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private Token? _token;
    private Task<Token>? _asking;
    private long _notBefore;
    private LoginFailedException? _failure;
    private int _failures;

    public TokenSource(string cluster, OAuthBearerOptions options, IHttpClientFactory http, TimeProvider time, ILogger logger)
    {
        (_cluster, _options, _http, _time, _logger) = (cluster, options, http, time, logger);
    }

    /// <summary>A token that is good for a while.</summary>
    /// <exception cref="LoginFailedException">There is none to be had; the issuer is not asked again at once.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        Task<Token> asking;
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var good = _token is { } token && token.ExpiresAt - now > TooShort ? token : null;
            if (good is not null && now < good.RefreshAt)
            {
                return good.Value;
            }

            if (_asking is null && _time.GetTimestamp() < _notBefore)
            {
                return good?.Value ?? throw new LoginFailedException(_failure!.Message, _failure);
            }

            asking = _asking ??= Task.Run(AskAsync);
            if (good is not null)
            {
                return good.Value;
            }
        }

        return (await asking.WaitAsync(cancellationToken)).Value;
    }

    /// <summary>The next one who asks gets another token.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _token = null;
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    private async Task<Token> AskAsync()
    {
        try
        {
            var token = await RequestAsync(_end.Token);
            lock (_lock)
            {
                (_token, _asking, _failure, _failures) = (token, null, null, 0);
            }

            return token;
        }
        catch (Exception e)
        {
            // Of whatever kind: who asks next must be able to try again.
            var failure = e as LoginFailedException ?? new LoginFailedException($"the token endpoint {_options.TokenEndpoint} gives no token: {(e is OperationCanceledException ? "it does not answer in time" : e.Message)}", e);
            TimeSpan pause;
            lock (_lock)
            {
                pause = FirstPause * Math.Pow(2, Math.Min(_failures++, 10));
                pause = (pause < LongestPause ? pause : LongestPause) * (0.8 + (Random.Shared.NextDouble() * 0.4));
                (_asking, _failure, _notBefore) = (null, failure, _time.GetTimestamp() + (long)(pause.TotalSeconds * _time.TimestampFrequency));
            }

            LogNoToken(_cluster, failure.Message, pause.TotalSeconds);
            throw failure;
        }
    }

    private async Task<Token> RequestAsync(CancellationToken cancellationToken)
    {
        using var client = _http.CreateClient(BrokerAccess.HttpClientName);
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (_options.Scope is { } scope)
        {
            form.Add(new("scope", scope));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _options.TokenEndpoint) { Content = new FormUrlEncodedContent(form) };

        // As Kafka's clients do: not form-encoded before base64, though RFC 6749, 2.3.1 says so; issuers expect what Kafka sends.
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.ClientId}:{_options.ClientSecret.Value}")));
        var asked = _time.GetUtcNow();
        using var answer = await client.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new LoginFailedException($"the token endpoint {_options.TokenEndpoint} answers {(int)answer.StatusCode} to client {_options.ClientId}");
        }

        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("access_token", out var value) || value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text)
        {
            throw new LoginFailedException($"the token endpoint {_options.TokenEndpoint} answers without access_token");
        }

        // What the token itself says counts; an opaque one lives as long as the issuer says beside it.
        var expires = ExpiryOf(text) ?? asked.AddSeconds(Math.Clamp(LifetimeOf(json.RootElement), 0, 31_536_000));
        return new Token(text, expires, asked + ((expires - asked) * RefreshAt));
    }

    /// <summary>In seconds; some issuers write the number as a string, some say nothing.</summary>
    private static double LifetimeOf(JsonElement answer) =>
        answer.TryGetProperty("expires_in", out var seconds)
        && double.TryParse(seconds.ValueKind == JsonValueKind.String ? seconds.GetString() : seconds.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : 60;

    private static DateTimeOffset? ExpiryOf(string token)
    {
        try
        {
            var parts = token.Split('.');
            if (parts.Length != 3)
            {
                return null;
            }

            using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
            return claims.RootElement.TryGetProperty("exp", out var exp) && exp.TryGetDouble(out var seconds) ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private sealed record Token(string Value, DateTimeOffset ExpiresAt, DateTimeOffset RefreshAt);

    [LoggerMessage(LogLevel.Warning, "Physical cluster {Cluster}: {Reason}; not asked again for {Seconds:0.0} s")]
    private partial void LogNoToken(string cluster, string reason, double seconds);
}
