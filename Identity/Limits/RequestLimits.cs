using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Limits;

/// <summary>
/// How often one address may ask: programs for tokens, people for logins. What waits after wrong passwords is another matter (Logins); this bounds what asking costs. Behind a proxy, addresses are the proxy's unless
/// ASPNETCORE_FORWARDEDHEADERS_ENABLED is set.
/// </summary>
internal static class RequestLimits
{
    /// <summary>An address that was quiet may ask for so many seconds' worth at once.</summary>
    private const int BurstSeconds = 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddRequestLimits(this IServiceCollection services, IdentityOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => PartitionOf(http, options));
        limiter.OnRejected = async (rejected, cancellation) =>
        {
            var response = rejected.HttpContext.Response;
            if (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            {
                response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            if (IsForTokens(rejected.HttpContext.Request))
            {
                await response.WriteAsJsonAsync(new { error = "temporarily_unavailable", error_description = "Too many requests from this address." }, cancellation);
            }
        };
    });

    private static RateLimitPartition<string> PartitionOf(HttpContext http, IdentityOptions options) =>
        IsForTokens(http.Request) ? Bucket("tokens", options.TokenRate, http)
        : IsForLogins(http.Request) || HttpMethods.IsPost(http.Request.Method) && !http.Request.Path.StartsWithSegments("/connect") && !http.Request.Path.StartsWithSegments("/error") ? Bucket("logins", options.LoginRate, http)
        : RateLimitPartition.GetNoLimiter("");

    private static bool IsForTokens(HttpRequest request) =>
        request.Path.StartsWithSegments("/connect/token") || request.Path.StartsWithSegments("/connect/introspect") || request.Path.StartsWithSegments("/connect/revoke");

    /// <summary>These read or write something before anybody has proven anything.</summary>
    private static bool IsForLogins(HttpRequest request) => ProviderPaths.Includes(request.Path);

    private static RateLimitPartition<string> Bucket(string kind, int rate, HttpContext http) => rate == 0
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetTokenBucketLimiter($"{kind} {http.Connection.RemoteIpAddress ?? IPAddress.None}", _ => new TokenBucketRateLimiterOptions
        {
            TokensPerPeriod = rate,
            ReplenishmentPeriod = Period,
            TokenLimit = rate * BurstSeconds,
            QueueLimit = 0,
        });
}
