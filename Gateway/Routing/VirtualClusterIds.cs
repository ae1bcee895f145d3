using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Routing;

/// <summary>
/// Cluster ids as clients see them: a keyed hash for each virtual cluster. A client that connects to a node of metadata that it remembers may say which cluster it
/// means (KIP-1242), before it has logged in.
/// </summary>
public sealed class VirtualClusterIds
{
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Virtual clusters that changed and were not looked at since: nothing is hashed before somebody asks.</summary>
    private readonly ConcurrentDictionary<string, VirtualClusterHandle> _changed = new(StringComparer.Ordinal);
    private readonly TopicIdKey _key;

    public VirtualClusterIds(ModelStore model, TopicIdKey key)
    {
        _key = key;
        model.VirtualClusterChanged += (handle, _) => _changed[handle.Id] = handle;
        foreach (var handle in model.VirtualClusters)
        {
            _changed[handle.Id] = handle;
        }
    }

    /// <summary>The id of a virtual cluster: 128 bits in base64, as Kafka writes its own.</summary>
    public static string Of(byte[] key, string virtualClusterId) =>
        Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{virtualClusterId}\0cluster\0{virtualClusterId}")).AsSpan(0, 16)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    /// <summary>Whether a virtual cluster has this id now.</summary>
    public bool IsKnown(string id)
    {
        if (_key.Value is not { } key)
        {
            return false;
        }

        foreach (var changed in _changed.Keys)
        {
            if (!_changed.TryRemove(changed, out var handle))
            {
                continue;
            }

            if (handle.Current is null)
            {
                _known.TryRemove(Of(key, handle.Id), out _);
            }
            else
            {
                _known[Of(key, handle.Id)] = handle.Id;
            }
        }

        return _known.ContainsKey(id);
    }
}
