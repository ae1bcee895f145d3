using System.Text;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Tests.Security.Fuzz;

/// <summary>Looks over what leaves the gateway: every name and id in it must be one that the receiver may know, or that the tenant owns.</summary>
internal sealed class Guard(FuzzTenant tenant) : FieldVisitor
{
    private readonly HashSet<Guid> _physicalIds = [.. FuzzWorld.TopicIds.Values];
    private bool _toBroker;
    private byte[] _origin = [];

    /// <summary>What is wrong; null: nothing.</summary>
    public string? Found { get; private set; }

    /// <summary>Looks over a request for the broker, or an answer for the client.</summary>
    /// <param name="origin">What it was made of: a tenant's own thing may well be called as another's is called inside.</param>
    public string? Look(Walker walker, MessageTable table, byte[] body, byte[] origin, bool toBroker)
    {
        (_toBroker, _origin, Found) = (toBroker, origin, null);
        try
        {
            walker.Run(table, body, this, allowTrailing: !toBroker);
        }
        catch (InvalidFrameException e) when (e.Message == "Tagged fields are not in rising order.")
        {
            // An unknown tag behind neutralised addresses (docs/decisions/0033): its number is lower than theirs is now.
            return toBroker ? e.Message : Found;
        }
        catch (InvalidFrameException e)
        {
            return $"what leaves is not a message: {e.Message}";
        }

        return Found;
    }

    public override void Fixed(Meaning meaning, Span<byte> value)
    {
        if (meaning == Meaning.TopicId && new Guid(value, bigEndian: true) is var id && (_toBroker ? tenant.ForeignIds.Contains(id) : _physicalIds.Contains(id)))
        {
            Found = $"the topic id {id}";
        }
    }

    public override Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value)
    {
        if (meaning is Meaning.TopicName or Meaning.GroupId or Meaning.TransactionalId or Meaning.CoordinatorKey or Meaning.Host or Meaning.ClusterId
            && !(_toBroker ? MayPass(meaning, value) : Needle(value) is null))
        {
            Found = $"{meaning} '{Encoding.UTF8.GetString(value)}'";
        }

        return Replacement.None;
    }

    /// <summary>The first of the needles that is in the bytes; null: none.</summary>
    public string? Needle(ReadOnlySpan<byte> bytes)
    {
        foreach (var needle in tenant.Needles)
        {
            if (bytes.IndexOf(needle) >= 0 && _origin.AsSpan().IndexOf((byte[])[.. tenant.View.Cluster.PrefixUtf8, .. needle]) < 0)
            {
                return Encoding.Latin1.GetString(needle);
            }
        }

        return null;
    }

    private bool MayPass(Meaning meaning, ReadOnlySpan<byte> value) => meaning switch
    {
        Meaning.TopicName => value.StartsWith(tenant.View.Cluster.PrefixUtf8) || value.StartsWith("~"u8) || value.SequenceEqual(Encoding.UTF8.GetBytes(tenant.Own.Physical)),
        Meaning.GroupId or Meaning.TransactionalId or Meaning.CoordinatorKey => value.StartsWith(tenant.View.Cluster.PrefixUtf8),
        _ => true,
    };
}
