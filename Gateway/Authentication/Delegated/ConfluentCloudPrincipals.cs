using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Authentication.Delegated;

/// <summary>
/// Who owns a Confluent Cloud API key (<c>GET /iam/v2/api-keys/{id}</c>, <c>spec.owner.id</c>). Answers are kept for a while, those that there is none for a shorter one; who cannot be
/// found out is nobody.
/// </summary>
public sealed partial class ConfluentCloudPrincipals(ConfluentCloudOptions options, IHttpClientFactory http, TimeProvider time, ILogger<ConfluentCloudPrincipals> logger)
{
    public const string HttpClientName = "confluent-cloud";

    private const int MostKept = 10_000;

    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(30);

    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>The owner's id, such as <c>sa-abc123</c>; null: there is none, or nobody could be asked.</summary>
    public async Task<string?> OwnerOfAsync(string apiKey, CancellationToken cancellationToken)
    {
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        // One question for all who ask at once.
        var kept = _kept.AddOrUpdate(apiKey, NewQuestion, (key, known) => IsGood(known) ? known : NewQuestion(key));
        return await kept.Owner.Value.WaitAsync(cancellationToken);
    }

    /// <summary>It is being asked, or was answered not long ago. A question that failed in a way that nobody thought of is asked again.</summary>
    private bool IsGood(Kept kept) =>
        !kept.Owner.IsValueCreated || !kept.Owner.Value.IsCompleted
        || (kept.Owner.Value is { IsCompletedSuccessfully: true, Result: var owner } && time.GetElapsedTime(kept.Since) < (owner is null ? UnknownFor : options.CacheTime));

    private Kept NewQuestion(string apiKey) => new(new Lazy<Task<string?>>(() => AskAsync(apiKey)), time.GetTimestamp());

    private async Task<string?> AskAsync(string apiKey)
    {
        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Url, $"/iam/v2/api-keys/{Uri.EscapeDataString(apiKey)}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.ApiKey}:{options.ApiSecret.Value}")));
            using var response = await client.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            response.EnsureSuccessStatusCode();
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            return json.RootElement.GetProperty("spec").GetProperty("owner").GetProperty("id").GetString();
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or OperationCanceledException)
        {
            LogNotFoundOut(options.Url.Host, e.Message);
            return null;
        }
    }

    private sealed record Kept(Lazy<Task<string?>> Owner, long Since);

    [LoggerMessage(LogLevel.Warning, "Owners of API keys cannot be asked for at {Host}: {Reason}")]
    private partial void LogNotFoundOut(string host, string reason);
}
