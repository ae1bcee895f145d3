using System.Collections.Concurrent;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>Aliases whose former names clients used, until the control plane was told.</summary>
public sealed class FormerNameUse
{
    private readonly ConcurrentDictionary<string, byte> _used = new(StringComparer.Ordinal);

    public void Note(string aliasId)
    {
        if (!_used.ContainsKey(aliasId))
        {
            _used.TryAdd(aliasId, 0);
        }
    }

    /// <summary>Takes what was noted.</summary>
    public IReadOnlyList<string> Take() => [.. _used.Keys.Where(id => _used.TryRemove(id, out _))];

    /// <summary>It was not told after all.</summary>
    public void Return(IReadOnlyList<string> aliasIds)
    {
        foreach (var id in aliasIds)
        {
            Note(id);
        }
    }
}
