using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>
/// Makes guessing slow: the answer to wrong credentials waits, the longer the more there were from the same address or for the same account lately. Right ones never wait, so that nobody can
/// lock others out, not even from behind the same address.
/// </summary>
public sealed partial class FailedLogins(GatewayOptions options, TimeProvider time, ILogger<FailedLogins> logger)
{
    /// <summary>Failures after which the wait doubles.</summary>
    private const int Step = 5;

    private const int MostDoublings = 6;
    private const int MostKept = 10_000;
    private const int LongestKey = 128;

    /// <summary>Failures in a minute that are worth a line in the log.</summary>
    private const int Many = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Count> _counts = new(StringComparer.Ordinal);
    private readonly ILogger _logger = logger;

    /// <summary>Counts a failure; the time that its answer has to wait.</summary>
    /// <param name="account">As the credentials claim; null: they do not say.</param>
    public TimeSpan Add(string address, string? virtualCluster, string? account)
    {
        if (options.FailedLoginDelay == TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var (ofAddress, ofAccount) = (AddTo($"address {address}"), account is null ? 0 : AddTo($"account {virtualCluster}/{account}"));
        if (ofAddress == Many || ofAccount == Many)
        {
            LogMany(address, ofAddress == Many ? "this address" : "one account", Many, Window.TotalSeconds);
        }

        var failures = Math.Max(ofAddress, ofAccount);
        return options.FailedLoginDelay * (1 << Math.Min(MostDoublings, failures / Step));
    }

    private int AddTo(string key)
    {
        if (key.Length > LongestKey)
        {
            // Names are as long as who knocks likes.
            key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        }

        if (_counts.Count >= MostKept && !_counts.ContainsKey(key))
        {
            Forget();
            if (_counts.Count >= MostKept)
            {
                // Nothing is known of it, while very many fail: as if it had failed often.
                return Step * MostDoublings;
            }
        }

        var now = time.GetTimestamp();
        return _counts.AddOrUpdate(key, _ => new Count(1, now), (_, c) => time.GetElapsedTime(c.Since, now) > Window ? new Count(1, now) : c with { Failures = c.Failures + 1 }).Failures;
    }

    private void Forget()
    {
        foreach (var (key, count) in _counts)
        {
            if (time.GetElapsedTime(count.Since) > Window)
            {
                _counts.TryRemove(KeyValuePair.Create(key, count));
            }
        }
    }

    private sealed record Count(int Failures, long Since);

    [LoggerMessage(LogLevel.Warning, "Logins by wrong credentials, the last one from {Host}: {Count} of {Of} within {Seconds:0} s; their answers are held back")]
    private partial void LogMany(string host, string of, int count, double seconds);
}
