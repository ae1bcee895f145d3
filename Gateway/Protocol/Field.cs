namespace PartnerPlatform.Gateway.Protocol;

/// <summary>How a field lies on the wire, whatever it means.</summary>
public enum WireType : byte
{
    Bool,
    Int8,
    Int16,
    UInt16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    Records,
    Struct,
}

/// <summary>What a field is to the gateway; <see cref="None"/> is passed on as it came.</summary>
public enum Meaning : byte
{
    None,
    TopicName,
    TopicId,
    GroupId,
    TransactionalId,
    BrokerId,
    ReplicaId,
    ProducerId,
    FetchSessionId,
    MemberId,
    ClientId,
    ShareMember,
    ShareSessionEpoch,
    ErrorCode,
    ErrorText,
    Host,
    Port,
    ClusterId,
    CoordinatorKey,
    AuthorizedOperations,
    TopicRegex,
    ProtocolType,
    ConsumerSubscription,
    ConsumerAssignment,
    ThrottleTime,
    Records,
}

/// <summary>Inclusive range of versions.</summary>
public readonly record struct VersionRange(short From, short To)
{
    public static readonly VersionRange All = new(0, short.MaxValue);

    public bool Contains(short version) => version >= From && version <= To;

    public VersionRange Intersect(VersionRange other) => new(Math.Max(From, other.From), Math.Min(To, other.To));

    public bool IsEmpty => From > To;

    public override string ToString() => $"{From}-{To}";
}

/// <summary>One line of a definition.</summary>
public sealed class Field
{
    public required string Name { get; init; }

    public required WireType Type { get; init; }

    public Meaning Meaning { get; init; }

    public bool IsArray { get; init; }

    /// <summary>Versions in which null is allowed; empty for never.</summary>
    public VersionRange Nullable { get; init; } = new(1, 0);

    public VersionRange Versions { get; init; } = VersionRange.All;

    /// <summary>Number of a tagged field, or -1.</summary>
    public int Tag { get; init; } = -1;

    /// <summary>Value of a field that is not set, in the type that <see cref="Node"/> holds.</summary>
    public object? Default { get; init; }

    public List<Field> Fields { get; } = [];

    /// <summary>Bytes on the wire of a fixed-size type, 0 for the others.</summary>
    public int FixedSize => Type switch
    {
        WireType.Bool or WireType.Int8 => 1,
        WireType.Int16 or WireType.UInt16 => 2,
        WireType.Int32 => 4,
        WireType.Int64 or WireType.Float64 => 8,
        WireType.Uuid => 16,
        _ => 0,
    };
}
