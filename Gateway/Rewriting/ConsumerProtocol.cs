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

    private delegate byte[] Mapping(ReadOnlySpan<byte> name);

    public static Replacement ToBroker(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) => Rewrite(meaning, bytes, view.MembershipName);

    public static Replacement ToClient(Meaning meaning, ReadOnlySpan<byte> bytes, TenantView view) => Rewrite(meaning, bytes, view.MembershipNameBack);

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
            walker.Run(definition.Table(version), body, new Names(mapping));
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
        public override Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value) =>
            meaning == Meaning.TopicName ? Replacement.With(mapping(value)) : Replacement.None;
    }
}
