using System.Buffers.Binary;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>Turns a tenant's names and ids into physical ones on the way to the broker, and checks the rights to them.</summary>
public sealed class RequestVisitor : FieldVisitor
{
    private Exchange _exchange = null!;
    private string? _group;
    private string? _shareMember;
    private ErrorCode _transactionalError;

    /// <summary>The topic whose partitions are being read; null: a decoy stands for it.</summary>
    private TenantTopic? _topic;
    private bool _onlyUnknownIds;

    /// <summary>In a second walk: the first one has seen to the topic whose partitions are being read.</summary>
    private bool _isSeenTo;

    /// <summary>Begins a request.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="onlyUnknownIds">A second walk over a frame whose known ids are mapped already: only ids unknown then are tried again.</param>
    public void Start(Exchange exchange, bool onlyUnknownIds = false)
    {
        _exchange = exchange;
        _group = null;
        _shareMember = null;
        _topic = null;
        _isSeenTo = false;
        _transactionalError = ErrorCode.TransactionalIdAuthorizationFailed;
        _onlyUnknownIds = onlyUnknownIds;
    }

    public override void Fixed(Meaning meaning, Span<byte> value)
    {
        if (meaning == Meaning.TopicId)
        {
            TopicId(value);
        }
        else if (meaning == Meaning.ReplicaId && BinaryPrimitives.ReadInt32BigEndian(value) >= 0)
        {
            throw new ConnectionRefusedException($"{_exchange.Api.Name} by a replica id is for brokers.");
        }
        else if (meaning == Meaning.FetchSessionId && !_onlyUnknownIds)
        {
            FetchSession(value);
        }
        else if (meaning == Meaning.ShareSessionEpoch)
        {
            ShareSession(BinaryPrimitives.ReadInt32BigEndian(value));
        }
    }

    public override Replacement Variable(Meaning meaning, ReadOnlySpan<byte> value)
    {
        switch (meaning)
        {
            case Meaning.TopicName: return TopicName(value);
            case Meaning.GroupId: return Group(value);
            case Meaning.TransactionalId: return TransactionalId(value);
            case Meaning.ProtocolType: return ProtocolType(value);
            case Meaning.ShareMember:
                _shareMember = WireReader.Text(value);
                return MemberIds.ToBroker(value, _exchange.View.Cluster);
            case Meaning.MemberId: return MemberIds.ToBroker(value, _exchange.View.Cluster);
            case Meaning.ConsumerSubscription or Meaning.ConsumerAssignment:
                return GroupBytes(meaning, value);
            default: return Replacement.None;
        }
    }

    public override void Null(Meaning meaning)
    {
        if (meaning == Meaning.GroupId)
        {
            _exchange.Refusal = ErrorCode.InvalidGroupId;
        }
    }

    public override void Records(Span<byte> head, int length)
    {
        if (_isSeenTo)
        {
            return;
        }

        if (ProducerIds.IsTransactional(head) && (_transactionalError != ErrorCode.None || _topic?.Permission is not null))
        {
            // As a broker: one transactional batch without the right to the transactional id, or without such an id, and all is refused. Nor is there a
            // right to write transactions to what is shared (docs/decisions/0064).
            _exchange.Refusal = _transactionalError != ErrorCode.None ? _transactionalError : ErrorCode.TransactionalIdAuthorizationFailed;
        }
        else if (!ProducerIds.IsOwn(head, _exchange.View.Cluster))
        {
            throw new ConnectionRefusedException("A record batch carries a producer id that is not the tenant's.");
        }
        else if (_topic is { MarksProducers: true })
        {
            ProducerIds.Mark(head);
        }
    }

    private Replacement GroupBytes(Meaning meaning, ReadOnlySpan<byte> value)
    {
        var mapped = _exchange.ProtocolType is null ? ConsumerProtocol.ToBrokerOfUnknownType(meaning, value, _exchange.View)
            : _exchange.ProtocolType == ConsumerProtocol.Type ? ConsumerProtocol.ToBroker(meaning, value, _exchange.View)
            : Replacement.None;
        if (mapped is null && _exchange.Refusal == ErrorCode.None)
        {
            _exchange.Refusal = ErrorCode.InconsistentGroupProtocol;
        }

        return mapped ?? Replacement.None;
    }

    private Replacement TopicName(ReadOnlySpan<byte> name)
    {
        var topic = _exchange.View.Find(name);
        var error = _exchange.Refusal != ErrorCode.None
            ? _exchange.Refusal
            : _exchange.Access.CheckTopic(_exchange.Api.Key, WireReader.Text(name), topic);
        _topic = error == ErrorCode.None ? topic : null;
        return Replacement.With(error == ErrorCode.None ? topic!.PhysicalNameUtf8 : _exchange.AddDecoy(name, error));
    }

    private void TopicId(Span<byte> value)
    {
        var id = new Guid(value, bigEndian: true);
        if (_onlyUnknownIds)
        {
            var unknown = _exchange.FindDecoy(id) is { Error: ErrorCode.UnknownTopicId } decoy ? decoy : null;
            _isSeenTo = unknown is null;
            if (unknown is null)
            {
                return;
            }

            _exchange.RemoveDecoy(id);
            id = unknown.Id;
        }

        var found = _exchange.View.FindId(id);
        var error = _exchange.Refusal != ErrorCode.None ? _exchange.Refusal
            : found is null ? ErrorCode.UnknownTopicId
            : _exchange.Access.CheckTopic(_exchange.Api.Key, found.Value.Topic.Name, found.Value.Topic);
        _exchange.WantsFreshLook |= error == ErrorCode.UnknownTopicId;
        _topic = error == ErrorCode.None ? found!.Value.Topic : null;
        (error == ErrorCode.None ? found!.Value.PhysicalId : _exchange.AddDecoy(id, error)).TryWriteBytes(value, bigEndian: true, out _);
    }

    private void FetchSession(Span<byte> value)
    {
        var shown = BinaryPrimitives.ReadInt32BigEndian(value);
        if (shown == 0)
        {
            return;
        }

        if (_exchange.Memory.FindFetchSession(shown, _exchange.View) is { } real)
        {
            BinaryPrimitives.WriteInt32BigEndian(value, real);
        }
        else
        {
            _exchange.Refusal = ErrorCode.FetchSessionIdNotFound;
        }
    }

    private void ShareSession(int epoch)
    {
        if (_exchange.Refusal == ErrorCode.None && !_exchange.Memory.IsShareSessionCurrent(_group!, _shareMember, epoch, _exchange.View.Cluster))
        {
            _exchange.Refusal = ErrorCode.ShareSessionNotFound;
        }
    }

    private Replacement Group(ReadOnlySpan<byte> value)
    {
        _group = WireReader.Text(value);
        if (_exchange.Api.Key == ApiKey.SyncGroup)
        {
            // Told by JoinGroup; a follower's request holds nothing to tell it by, but its answer must be read.
            _exchange.ProtocolType = _exchange.Memory.ProtocolTypeOf(_group);
        }

        if (_exchange.Right.Group is { } operation && _exchange.Refusal == ErrorCode.None)
        {
            var error = _exchange.Access.CheckGroup(operation, _group);

            // With the prefix before it, an empty name would no longer be empty to the broker. It takes offsets of the empty group, as of old.
            _exchange.Refusal = error == ErrorCode.None && _group.Length == 0 && _exchange.Api.Key != ApiKey.OffsetCommit ? ErrorCode.InvalidGroupId : error;
        }

        return Prefixed(value);
    }

    private Replacement TransactionalId(ReadOnlySpan<byte> value)
    {
        if (_exchange.Right.TransactionalId is { } operation)
        {
            _transactionalError = _exchange.Access.CheckTransactionalId(operation, WireReader.Text(value));
            if (_exchange.Api.Key != ApiKey.Produce && _exchange.Refusal == ErrorCode.None)
            {
                _exchange.Refusal = _transactionalError;
            }
        }

        return Prefixed(value);
    }

    private Replacement ProtocolType(ReadOnlySpan<byte> value)
    {
        _exchange.ProtocolType = WireReader.Text(value);
        if (_group is not null && _exchange.Api.Key == ApiKey.JoinGroup && _exchange.Refusal == ErrorCode.None)
        {
            _exchange.Memory.RememberProtocolType(_group, _exchange.ProtocolType);
        }

        return Replacement.None;
    }

    private Replacement Prefixed(ReadOnlySpan<byte> value) => Replacement.With([.. _exchange.View.Cluster.PrefixUtf8, .. value]);
}
