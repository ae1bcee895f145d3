using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>Logins since the last report to the control plane: those that came to the same are one line with a count.</summary>
public sealed class LoginLog(TimeProvider time)
{
    /// <summary>Lines in one report; what is beyond is counted under the metrics only.</summary>
    private const int Longest = 200;

    private readonly Lock _writing = new();
    private readonly Dictionary<(string?, string?, string, ClientFacts, string), LoginAttempt> _lines = [];
    private long _sequence;

    public void Add(string? virtualCluster, string? account, string mechanism, ClientFacts client, string code)
    {
        (virtualCluster, account, mechanism) = (ReportedText.Cut(virtualCluster), ReportedText.Cut(account), ReportedText.Cut(mechanism)!);
        lock (_writing)
        {
            var key = (virtualCluster, account, mechanism, client, code);
            if (_lines.TryGetValue(key, out var known))
            {
                _lines[key] = known with { At = time.GetUtcNow(), Count = known.Count + 1 };
            }
            else if (_lines.Count < Longest)
            {
                _lines[key] = new LoginAttempt(++_sequence, time.GetUtcNow(), virtualCluster, account, mechanism, client, code, 1);
            }
        }
    }

    /// <summary>Takes all lines. Give them back by <see cref="Return"/> when they could not be reported.</summary>
    public IReadOnlyList<LoginAttempt> Take()
    {
        lock (_writing)
        {
            List<LoginAttempt> taken = [.. _lines.Values.OrderBy(a => a.Sequence)];
            _lines.Clear();
            return taken;
        }
    }

    /// <summary>Lines that were not reported, or perhaps were: they keep their sequence, so they count once.</summary>
    public void Return(IReadOnlyList<LoginAttempt> attempts)
    {
        lock (_writing)
        {
            foreach (var attempt in attempts)
            {
                if (_lines.Count < Longest)
                {
                    _lines.TryAdd((attempt.VirtualCluster, attempt.Account, attempt.Mechanism, attempt.Client, attempt.Code), attempt);
                }
            }
        }
    }
}
