using System.Buffers.Binary;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Upstream;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>A request ready to be sent again and again, and the answer that every one of them must get.</summary>
internal sealed class PreparedRequest
{
    private const int RequestCorrelationAt = 8;
    private const int CorrelationAt = 4;
    private const int AfterCorrelation = CorrelationAt + sizeof(int);

    private readonly KafkaConnection _connection;
    private readonly byte[] _frame;
    private readonly byte[] _answerHead;
    private readonly int _answerLength;

    private PreparedRequest(KafkaConnection connection, SyntheticLoad load, byte[] frame)
    {
        (_connection, _frame) = (connection, frame);
        Send(0);
        if (!connection.Frames.Next())
        {
            throw Closed();
        }

        _answerHead = connection.Frames.Head.ToArray();
        _answerLength = connection.Frames.Length;
        var answer = OwnRequest.Read(load.Api, load.Version, 0, connection.Frames.Take().AsSpan(sizeof(int)));
        ThrowIfWrong(load, answer);
    }

    /// <summary>Makes it, sends it once, and looks closely at the answer.</summary>
    public static PreparedRequest Of(KafkaConnection connection, SyntheticLoad load) =>
        new(connection, load, connection.Frame(load.Api, load.Version, load.Api == ApiKey.Produce ? Produce(connection, load.Bytes) : Fetch(connection, load.Bytes)));

    public void Send(int correlationId)
    {
        BinaryPrimitives.WriteInt32BigEndian(_frame.AsSpan(RequestCorrelationAt), correlationId);
        _connection.Stream.Write(_frame);
    }

    /// <summary>Waits for the next answer.</summary>
    /// <exception cref="InvalidOperationException">It is another one than the first was, or the connection is closed.</exception>
    public void Receive(int correlationId)
    {
        var frames = _connection.Frames;
        if (!frames.Next())
        {
            throw Closed();
        }

        var head = frames.Head.Span;
        if (frames.Length != _answerLength || BinaryPrimitives.ReadInt32BigEndian(head[CorrelationAt..]) != correlationId || !head[AfterCorrelation..].SequenceEqual(_answerHead.AsSpan(AfterCorrelation)))
        {
            throw _connection.Failure($"answer {correlationId} differs from the first: {Convert.ToHexString(head)} instead of {Convert.ToHexString(_answerHead)}");
        }

        frames.Skip();
    }

    private static Node Produce(KafkaConnection connection, int bytes)
    {
        var request = Node.Of(Definitions.Apis[ApiKey.Produce].Request).Set("acks", (short)-1).Set("timeoutMs", 30_000);
        var topic = request.NewChild("topicData").Set("name", connection.Topic).Set("topicId", connection.TopicId);
        topic.List("partitionData").Add(topic.NewChild("partitionData").Set("records", RecordBatch.Of(bytes, connection.ProducerId)));
        request.List("topicData").Add(topic);
        return request;
    }

    private static Node Fetch(KafkaConnection connection, int bytes)
    {
        var request = Node.Of(Definitions.Apis[ApiKey.Fetch].Request).Set("maxWaitMs", 500).Set("minBytes", 1).Set("maxBytes", 50_000_000).Set("rackId", "");
        var topic = request.NewChild("topics").Set("topic", connection.Topic).Set("topicId", connection.TopicId);
        topic.List("partitions").Add(topic.NewChild("partitions").Set("partitionMaxBytes", bytes));
        request.List("topics").Add(topic);
        return request;
    }

    private void ThrowIfWrong(SyntheticLoad load, Node answer)
    {
        var partitions = answer.List("responses").SelectMany(t => t.List(load.Api == ApiKey.Produce ? "partitionResponses" : "partitions")).ToList();
        var errors = partitions.Select(p => p.Get<short>("errorCode")).Append(answer.Has("errorCode") ? answer.Get<short>("errorCode") : (short)0).Where(e => e != 0).ToList();
        if (partitions.Count != 1 || errors.Count > 0)
        {
            throw _connection.Failure($"{load.Name} is answered by {partitions.Count} partitions and errors [{string.Join(", ", errors)}].");
        }

        if (load.Api == ApiKey.Fetch && partitions[0].Get<byte[]?>("records") is var records && (records?.Length ?? 0) < load.Bytes * 0.99)
        {
            throw _connection.Failure($"{load.Name} is answered by {records?.Length ?? 0} bytes of records.");
        }
    }

    private InvalidOperationException Closed() => _connection.Failure("the connection was closed while answers were due.");
}
