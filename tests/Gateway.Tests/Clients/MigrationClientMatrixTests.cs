using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Members of the classic and of the new protocol in one group: brokers take a group over to the new protocol and back while it reads.</summary>
public class MigrationClientMatrixTests(KafkaFixture fixture)
{
    private const int Partitions = 6;

    [Theory]
    [InlineData("shop")]
    [InlineData("initech")]
    public async Task A_group_moves_to_the_new_protocol_and_back_while_its_members_read(string tenant)
    {
        var kafka = await fixture.StartedAsync();
        kafka.SkipUnlessLibrdkafkaSpeaks(GroupProtocol.Consumer);
        const string topic = "migrated";
        if (tenant == "shop")
        {
            await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ($"shop.{topic}", Partitions));
        }

        await KafkaGroups.QuickHeartbeatsAsync(kafka, $"{tenant}.migrating");
        await using var writer = Writer.Start(kafka, tenant, topic, Partitions);
        using var admin = new AdminClientBuilder(kafka.Client(tenant)).SetLogHandler((_, _) => { }).Build();

        await using var old = Member(GroupProtocol.Classic);
        await Eventually.TrueAsync(() => old.Partitions.Count == Partitions && old.Records.Count > 0, () => $"The first member owns {Owned(old)} and has read {old.Records.Count}.");
        Assert.Equal(ConsumerGroupType.Classic, await TypeAsync());

        await using var updated = Member(GroupProtocol.Consumer);
        await SharedAsync(old, updated);
        Assert.Equal(ConsumerGroupType.Consumer, await TypeAsync());

        await old.StopAsync();
        await Eventually.TrueAsync(() => updated.Partitions.Count == Partitions && updated.Records.Count > 0, () => $"The updated member owns {Owned(updated)} and has read {updated.Records.Count}.");
        await using var again = Member(GroupProtocol.Classic);
        await SharedAsync(updated, again);

        await updated.StopAsync();
        await Eventually.TrueAsync(() => again.Partitions.Count == Partitions && again.Records.Count > 0, () => $"The last member owns {Owned(again)} and has read {again.Records.Count}.");
        Assert.Equal(ConsumerGroupType.Classic, await TypeAsync());

        await writer.WaitForMoreAsync(Partitions);
        await writer.StopAsync();
        GroupMember[] all = [old, updated, again];
        await Eventually.TrueAsync(() => !Unread().Any(), () => $"Never read: {string.Join(' ', Unread().Take(5))}");
        Assert.NotEmpty(writer.Written);
        Assert.All(all, m => Assert.Equal([topic], m.Topics));
        Assert.All(all, m => Assert.NotEmpty(m.Records));

        GroupMember Member(GroupProtocol protocol) => GroupMember.Start(kafka, tenant, "migrating", topic, protocol, "cooperative-sticky");

        IEnumerable<(int Partition, long Offset)> Unread() => writer.Written.Keys.Except(all.SelectMany(m => m.Records.Keys));

        async Task<ConsumerGroupType> TypeAsync() => (await admin.ListConsumerGroupsAsync()).Valid.Single(g => g.GroupId == "migrating").Type;
    }

    private static Task SharedAsync(GroupMember first, GroupMember second) =>
        Eventually.TrueAsync(
            () => first.Partitions.Count == 3 && second.Partitions.Count == 3 && first.Partitions.Union(second.Partitions).Count == Partitions, () => $"Not shared: {Owned(first)}; {Owned(second)}");

    private static string Owned(GroupMember member) => $"{string.Join(',', member.Partitions)} {member.Failure}";
}
