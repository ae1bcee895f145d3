using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security.Fuzz;

/// <summary>A message that is spoilt from.</summary>
/// <param name="Clean">True: names and ids are the tenant's own, so that what follows them is reached; else foreign ones are among them.</param>
internal sealed record Sample(FuzzTenant Tenant, ApiDefinition Api, short Version, bool IsRequest, bool Clean, byte[] Body, List<Place> Places)
{
    public MessageDefinition Message => IsRequest ? Api.Request : Api.Response;

    /// <summary>
    /// Whether every name in it can still be told when it is spoilt on a level. Not where the layout is broken: bytes that nobody reads may then hold one. Nor
    /// where a member's own bytes are (what cannot be read there passes as the member sent it), or texts, in which a spoilt name is no name.
    /// </summary>
    public bool IsReadable(Level level) => level == Level.None || (level == Level.Field && !HasText(Message.Fields));

    private static bool HasText(List<Field> fields) =>
        fields.Exists(f => f.Meaning is Meaning.ConsumerSubscription or Meaning.ConsumerAssignment or Meaning.ErrorText || HasText(f.Fields));

    public override string ToString() => $"{Tenant.Name} {Api.Name} {(IsRequest ? "request" : "answer")} v{Version}{(Clean ? "" : ", foreign names")}";
}

/// <summary>Messages that Kafka itself wrote, with the names and ids of the fuzz world in the places of theirs.</summary>
internal static class Corpus
{
    public static List<Sample> Of(FuzzWorld world) =>
    [
        .. from frame in KafkaFrame.All
           where ApiRights.Table.ContainsKey((ApiKey)frame.Key)
           from tenant in world.Tenants
           from clean in new[] { true, false }
           select Make(frame, tenant, clean),
    ];

    private static Sample Make(KafkaFrame frame, FuzzTenant tenant, bool clean)
    {
        var isRequest = frame.Kind == "request";
        var dice = new Dice((ulong)HashCode.Combine(frame.Key, frame.Version, isRequest, clean, frame.Body.Length));
        var node = MessageReader.Read(frame.Message, frame.Version, frame.Body);
        Name(node, frame.Message.Fields, tenant, isRequest, clean, ref dice);
        var writer = new WireWriter();
        MessageWriter.Write(frame.Message, frame.Version, node, writer);
        var body = writer.ToArray();
        return new Sample(tenant, frame.Definition, frame.Version, isRequest, clean, body, FrameMap.Of(frame.Message, frame.Version, body));
    }

    private static void Name(Node node, List<Field> fields, FuzzTenant tenant, bool isRequest, bool clean, ref Dice dice)
    {
        foreach (var field in fields)
        {
            switch (node.Get<object?>(field.Name))
            {
                case Node child:
                    Name(child, field.Fields, tenant, isRequest, clean, ref dice);
                    break;
                case List<Node> list:
                    foreach (var item in list)
                    {
                        Name(item, field.Fields, tenant, isRequest, clean, ref dice);
                    }

                    break;
                case List<object?> values:
                    for (var i = 0; i < values.Count; i++)
                    {
                        values[i] = Value(field, values[i], tenant, isRequest, clean || dice.Next(3) > 0, ref dice);
                    }

                    break;
                case var value:
                    node.Set(field.Name, Value(field, value, tenant, isRequest, clean || dice.Next(3) > 0, ref dice));
                    break;
            }
        }
    }

    public static object? Value(Field field, object? value, FuzzTenant tenant, bool isRequest, bool own, ref Dice dice)
    {
        if (value is null)
        {
            return null;
        }

        var foreign = tenant.ForeignNames[dice.Next(tenant.ForeignNames.Length)];
        var topic = own ? isRequest ? tenant.Own.Shown : tenant.Own.Physical : foreign;
        return field.Meaning switch
        {
            Meaning.TopicName => topic,
            Meaning.TopicId => own ? isRequest ? tenant.OwnId : FuzzWorld.TopicIds[tenant.Own.Physical] : tenant.ForeignIds[dice.Next(tenant.ForeignIds.Length)],
            Meaning.GroupId or Meaning.TransactionalId or Meaning.CoordinatorKey => own ? isRequest ? "readers" : tenant.Name + ".readers" : "vault.secret-group",
            Meaning.BrokerId => own ? 1 + dice.Next(3) : 77,
            Meaning.ReplicaId => own ? -1 : 1,
            Meaning.Host => FuzzWorld.ForeignHost,
            Meaning.ClusterId => FuzzWorld.ForeignClusterId,
            Meaning.ErrorText => $"Topic '{tenant.Own.Physical}' collides with '{tenant.ForeignNames[0]}', {tenant.ForeignNames[1]}-0 of group '{tenant.Name}.readers'.",
            Meaning.ProtocolType => "consumer",
            Meaning.ConsumerSubscription => RawRequests.Subscription(topic),
            Meaning.ConsumerAssignment => RawRequests.Assignment(topic),
            Meaning.FetchSessionId => own ? 0 : 12345,
            Meaning.ErrorCode => own ? (short)0 : (short)dice.Next(132),
            Meaning.ProducerId => own ? -1L : 4711L,
            _ when field.Type == WireType.Records => RawRequests.Batch(own ? -1 : 4711, 0, 0, transactional: !own && dice.Next(2) == 0),
            _ when field.Name == "resourceName" => topic,
            _ when field.Name == "resourceType" => (sbyte)(own ? 2 : 32),
            _ => value,
        };
    }
}
