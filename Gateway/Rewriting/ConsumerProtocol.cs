using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// Names inside the bytes of the classic consumer protocol. The broker parses a subscription (offsets of topics that it does not find
/// there expire), so they are rewritten both ways. Bytes that are not of that protocol stay as they are: they are the group's own matter.
/// </summary>
public static class ConsumerProtocol
{
    public const string Type = "consumer";

    /// <summary>Null: the name is not what was expected, the bytes stay as they are.</summary>
    private delegate byte[]? Mapping(ReadOnlySpan<byte> name);

    public static Replacement ToBroker(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) => Rewrite(meaning, bytes, view.MembershipName);

    public static Replacement ToClient(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) => Rewrite(meaning, bytes, view.MembershipNameBack);

    /// <summary>
    /// Bytes of a group whose protocol type is not known: before version 5 SyncGroup does not tell it, and the JoinGroup that did may have come by another
    /// connection. They are of this protocol if they are laid out so and every name in them is a topic of the tenant.
    /// </summary>
    public static Replacement ToBrokerIfOfTopics(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) =>
        Rewrite(meaning, bytes, name => view.Find(name) is { } topic && view.State.Topics.ContainsKey(topic.PhysicalName) ? topic.PhysicalNameUtf8 : null);

    /// <summary>The same, the way back.</summary>
    public static Replacement ToClientIfOfTopics(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) =>
        Rewrite(meaning, bytes, name => view.FindPhysical(name)?.NameUtf8);

    private static Replacement Rewrite(Meaning meaning, ReadOnlySpan<byte> bytes, Mapping mapping)
    {
        if (bytes.Length < sizeof(short))
        {
            return Replacement.None;
        }

        var definition = meaning == Meaning.ConsumerSubscription ? Definitions.ConsumerSubscription : Definitions.ConsumerAssignment;
        var version = Math.Min(BinaryPrimitives.ReadInt16BigEndian(bytes), definition.Versions.To);
        if (version < definition.Versions.From)
        {
            return Replacement.None;
        }

        try
        {
            var body = bytes[sizeof(short)..].ToArray();
            var walker = new Walker();
            var names = new Names(mapping);
            walker.Run(definition.Table(version), body, names);
            if (names.IsOther)
            {
                return Replacement.None;
            }

            var writer = new WireWriter(bytes.Length + 64);
            writer.Bytes(bytes[..sizeof(short)]);
            Patch.Apply(body, walker.Patches, writer);
            return Replacement.With(writer.ToArray());
        }
        catch (InvalidFrameException)
        {
            return Replacement.None;
        }
    }

    private sealed class Names(Mapping mapping) : FieldVisitor
    {
        public bool IsOther { get; private set; }

        public override Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value)
        {
            if (meaning != Meaning.TopicName)
            {
                return Replacement.None;
            }

            if (mapping(value) is { } mapped)
            {
                return Replacement.With(mapped);
            }

            IsOther = true;
            return Replacement.None;
        }
    }
}
