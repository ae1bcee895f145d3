namespace PartnerPlatform.Gateway.Feed;

/// <summary>Key of the hash that derives topic ids: made once by the control plane, the same on all nodes, kept in the state file.</summary>
public sealed class TopicIdKey
{
    private volatile byte[]? _value;

    /// <summary>32 bytes; null until the node was in touch with the control plane for the first time.</summary>
    public byte[]? Value => _value;

    /// <exception cref="FormatException">It is not 32 bytes of base64.</exception>
    public void Set(string base64)
    {
        var key = Convert.FromBase64String(base64);
        _value = key.Length == 32 ? key : throw new FormatException($"The topic id key has {key.Length} bytes; 32 are needed.");
    }
}
