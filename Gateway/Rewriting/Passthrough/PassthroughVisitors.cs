using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Passthrough;

/// <summary>Requests of passthrough: nothing is changed; who claims to be a broker is refused.</summary>
internal sealed class PassthroughRequestVisitor : FieldVisitor
{
    public override void Fixed(Meaning meaning, Span<byte> value)
    {
        if (meaning == Meaning.ReplicaId && BinaryPrimitives.ReadInt32BigEndian(value) >= 0)
        {
            throw new ConnectionRefusedException("A request by a replica id is for brokers.");
        }
    }
}

/// <summary>Answers of passthrough: brokers' ids become the gateway's.</summary>
internal sealed class PassthroughResponseVisitor(BrokerAddresses addresses, string cluster) : FieldVisitor
{
    public override void Fixed(Meaning meaning, Span<byte> value)
    {
        if (meaning == Meaning.BrokerId)
        {
            BinaryPrimitives.WriteInt32BigEndian(value, addresses.Show(cluster, BinaryPrimitives.ReadInt32BigEndian(value)));
        }
    }
}
