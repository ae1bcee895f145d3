using System.Buffers.Binary;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// Turns physical names and ids into the tenant's on the way to the client. What is not the tenant's now, whatever it was when
/// it was asked for, ends the connection rather than being shown.
/// </summary>
public sealed class ResponseVisitor(BrokerAddresses addresses) : FieldVisitor
{
    private Exchange _exchange = null!;
    private TenantView _view = null!;
    private ErrorCode _override;
    private TenantTopic? _topic;

    /// <summary>The topic whose name was the last field of its struct seen, for an id beside it.</summary>
    private TenantTopic? _named;

    /// <summary>Begins an answer.</summary>
    /// <param name="exchange">What was asked.</param>
    /// <param name="view">The tenant as it is now.</param>
    public void Start(Exchange exchange, TenantView view)
    {
        _exchange = exchange;
        _view = view;
        _override = ErrorCode.None;
        _topic = null;
        _named = null;
    }

    public override void Fixed(Meaning meaning, Span<byte> value)
    {
        switch (meaning)
        {
            case Meaning.TopicId:
                TopicId(value);
                break;
            case Meaning.ErrorCode when _override != ErrorCode.None:
                BinaryPrimitives.WriteInt16BigEndian(value, (short)_override);
                break;
            case Meaning.BrokerId:
                BinaryPrimitives.WriteInt32BigEndian(value, addresses.Show(_view.Cluster.PhysicalCluster, BinaryPrimitives.ReadInt32BigEndian(value)));
                break;
            case Meaning.FetchSessionId when BinaryPrimitives.ReadInt32BigEndian(value) is not 0 and var real:
                BinaryPrimitives.WriteInt32BigEndian(value, _exchange.Memory.ShowFetchSession(real, _exchange.View.Cluster));
                break;
        }
    }

    public override Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value)
    {
        switch (meaning)
        {
            case Meaning.TopicName:
                if (_exchange.FindDecoy(value) is { } decoy)
                {
                    (_named, _topic, _override) = (null, null, ErrorOf(decoy));
                    return Replacement.With(decoy.NameUtf8);
                }

                _named = _topic = Allowed(_view.FindPhysical(value));
                _override = ErrorCode.None;
                return Replacement.With(_topic.NameUtf8);

            // The text of an error that the client is not told.
            case Meaning.ErrorText when _override != ErrorCode.None:
                return Replacement.Null;
            case Meaning.ErrorText:
                return ErrorTexts.Clean(value, _view, _topic);
            case Meaning.MemberId:
                return MemberIds.ToClient(value, _view.Cluster);
            case Meaning.ProtocolType:
                _exchange.ProtocolType ??= WireReader.Text(value);
                return Replacement.None;
            case Meaning.ConsumerSubscription or Meaning.ConsumerAssignment:
                return _exchange.ProtocolType is null or ConsumerProtocol.Type ? ConsumerProtocol.ToClient(meaning, value, _view) : Replacement.None;
            case Meaning.Host or Meaning.ClusterId or Meaning.GroupId or Meaning.TransactionalId or Meaning.CoordinatorKey or Meaning.ClientId:
                throw new ConnectionRefusedException($"{meaning} in an answer to {_exchange.Api.Name} has no rule.");
            default:
                return Replacement.None;
        }
    }

    private void TopicId(Span<byte> value)
    {
        var id = new Guid(value, bigEndian: true);
        if (id == Guid.Empty)
        {
            // Beside a name that the broker does not know.
            return;
        }

        if (_named is { } named)
        {
            _view.VirtualId(named, id).TryWriteBytes(value, bigEndian: true, out _);
            _named = null;
            return;
        }

        if (_exchange.FindDecoy(id) is { } decoy)
        {
            (_topic, _override) = (null, ErrorOf(decoy));
            decoy.Id.TryWriteBytes(value, bigEndian: true, out _);
            return;
        }

        var found = _view.FindPhysicalId(id);
        (_topic, _override) = (Allowed(found?.Topic), ErrorCode.None);
        found!.Value.VirtualId.TryWriteBytes(value, bigEndian: true, out _);
    }

    /// <summary>
    /// Java clients repeat the commit of an unknown topic until the rebalance times out (5 minutes), and read nothing meanwhile. A topic that a
    /// partner does not have, or no longer, is forbidden no less than unknown, which they do not repeat.
    /// </summary>
    private ErrorCode ErrorOf(Decoy decoy) =>
        decoy.Error is ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId && _exchange.Api.Key == ApiKey.OffsetCommit && _view.Cluster.Kind == VirtualClusterKind.Partner
            ? ErrorCode.TopicAuthorizationFailed
            : decoy.Error;

    private TenantTopic Allowed(TenantTopic? topic)
    {
        if (topic is null)
        {
            throw new ConnectionRefusedException($"A topic in an answer to {_exchange.Api.Name} is not the tenant's, or no longer.");
        }

        return _exchange.Right.Topic is null || new Authorization.Access(_exchange.Session, _view.Cluster).CheckTopic(_exchange.Api.Key, topic.Name, topic) == ErrorCode.None
            ? topic
            : throw new ConnectionRefusedException($"The right to a topic was withdrawn while {_exchange.Api.Name} was under way.");
    }
}
