using System.Buffers.Binary;
using System.Text.Unicode;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// Names inside the bytes of the classic consumer protocol. The broker parses them (offsets of topics that it does not find there expire, and members of a group of the newer
/// protocol are assigned what they name), so they are rewritten both ways, as leniently as brokers read them.
/// </summary>
public static class ConsumerProtocol
{
    public const string Type = "consumer";

    /// <summary>Null: the name is not what was expected.</summary>
    private delegate byte[]? Mapping(ReadOnlySpan<byte> name);

    /// <summary>Null: they cannot be read, so that a broker must not see them.</summary>
    public static Replacement? ToBroker(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) => Rewrite(meaning, bytes, name => MembershipName(name, view), unreadable: null);

    public static Replacement ToClient(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) => Rewrite(meaning, bytes, view.MembershipNameBack, Replacement.None)!.Value;

    /// <summary>
    /// Bytes of a group whose protocol type is not known: before version 5 SyncGroup does not tell it, and the JoinGroup that did may have come by another
    /// connection. Those that are laid out as this protocol's are taken for it; others are the group's own matter, and mean nothing to a broker.
    /// </summary>
    public static Replacement? ToBrokerOfUnknownType(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) => Rewrite(meaning, bytes, name => MembershipName(name, view), Replacement.None);

    /// <summary>Null: it is no text, which brokers would read somehow.</summary>
    private static byte[]? MembershipName(ReadOnlySpan<byte> name, TenantView view) => Utf8.IsValid(name) ? view.MembershipName(name) : null;

    /// <returns>Null: a name is not what was expected.</returns>
    private static Replacement? Rewrite(Meaning meaning, ReadOnlySpan<byte> bytes, Mapping mapping, Replacement? unreadable)
    {
        var definition = meaning == Meaning.ConsumerSubscription ? Definitions.ConsumerSubscription : Definitions.ConsumerAssignment;
        if (bytes.Length < sizeof(short) || BinaryPrimitives.ReadInt16BigEndian(bytes) is var version && version < definition.Versions.From)
        {
            // Brokers read no names in them.
            return Replacement.None;
        }

        // Some clients name a version and write the fields of the first one (kafka-go): brokers read these, whatever the version.
        var rewritten = TryRewrite(definition.Table(Math.Min(version, definition.Versions.To)), bytes, mapping, allowTrailing: true, out var isOther)
            ?? TryRewrite(definition.Table(definition.Versions.From), bytes, mapping, allowTrailing: false, out isOther);
        return rewritten is null ? unreadable
            : isOther ? null
            : Replacement.With(rewritten);
    }

    /// <param name="isOther">A name is not what was expected.</param>
    /// <returns>Null: they are not laid out so.</returns>
    private static byte[]? TryRewrite(MessageTable table, ReadOnlySpan<byte> bytes, Mapping mapping, bool allowTrailing, out bool isOther)
    {
        var names = new Names(mapping);
        try
        {
            var body = bytes[sizeof(short)..].ToArray();
            var walker = new Walker();
            walker.Run(table, body, names, allowTrailing);
            var writer = new WireWriter(bytes.Length + 64);
            writer.Bytes(bytes[..sizeof(short)]);
            Patch.Apply(body, walker.Patches, writer);
            return writer.ToArray();
        }
        catch (InvalidFrameException)
        {
            return null;
        }
        finally
        {
            isOther = names.HasOther;
        }
    }

    private sealed class Names(Mapping mapping) : FieldVisitor
    {
        public bool HasOther { get; private set; }

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

            HasOther = true;
            return Replacement.None;
        }
    }
}
