using System.Collections.Concurrent;

namespace PartnerPlatform.Gateway.Protocol;

/// <summary>A request, a response, or a message embedded in one, in all its versions.</summary>
public sealed class MessageDefinition
{
    private readonly ConcurrentDictionary<short, MessageTable> _tables = new();

    public required string Name { get; init; }

    /// <summary>API key, or -1 for a message embedded in another.</summary>
    public required short Key { get; init; }

    public required VersionRange Versions { get; init; }

    /// <summary>First version with compact lengths and tagged fields; <see cref="short.MaxValue"/> if none.</summary>
    public short FlexibleFrom { get; init; } = short.MaxValue;

    /// <summary>True: a broker offers the highest version only when told to, and so do we: never.</summary>
    public bool LatestUnstable { get; init; }

    public List<Field> Fields { get; } = [];

    public bool IsFlexible(short version) => version >= FlexibleFrom;

    /// <summary>The instruction table of one version, compiled when first asked for.</summary>
    public MessageTable Table(short version) => _tables.GetOrAdd(version, static (v, d) => MessageCompiler.Compile(d, v), this);
}
