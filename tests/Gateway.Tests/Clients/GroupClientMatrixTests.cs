using Confluent.Kafka;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Members of one group, of several languages: one is killed. Whatever they are told of topics, it is the tenant's name.</summary>
public class GroupClientMatrixTests(KafkaFixture fixture)
{
    private const int Partitions = 6;

    [Theory]
    [InlineData("initech", GroupProtocol.Classic, "range", "org.apache.kafka.clients.consumer.RangeAssignor")]
    [InlineData("shop", GroupProtocol.Classic, "cooperative-sticky", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor")]
    [InlineData("shop", GroupProtocol.Consumer, null, null)]
    public async Task The_partitions_of_a_killed_member_are_taken_over_and_every_record_is_read(string tenant, GroupProtocol protocol, string? strategy, string? javaStrategy)
    {
        var kafka = await fixture.StartedAsync();
        kafka.SkipUnlessLibrdkafkaSpeaks(protocol);
        var topic = tenant == "shop" ? $"killed-{strategy ?? "consumer"}" : "killed";
        var group = $"g-{topic}";
        if (tenant == "shop")
        {
            await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ($"shop.{topic}", Partitions));
        }

        await KafkaGroups.QuickHeartbeatsAsync(kafka, $"{tenant}.{group}");
        await using var writer = Writer.Start(kafka, tenant, topic, Partitions);
        await using var killed = await JavaMember.StartAsync(
            kafka, tenant, group, topic, javaStrategy is null ? ["--group-protocol", "consumer"] : ["--assignment-strategy", javaStrategy, "--session-timeout", "6000"]);
        await using var first = GroupMember.Start(kafka, tenant, group, topic, protocol, strategy);
        await using var second = GroupMember.Start(kafka, tenant, group, topic, protocol, strategy);
        await Eventually.TrueAsync(
            () => first.Partitions.Count == 2 && second.Partitions.Count == 2 && killed.Partitions.Count == 2,
            () => $"Not two each: {Owned(first)}; {Owned(second)}; killed: {string.Join(',', killed.Partitions)} {Tail(killed.Log)}");
        Assert.Equal(Enumerable.Range(0, Partitions), first.Partitions.Concat(second.Partitions).Concat(killed.Partitions).Order());
        await writer.WaitForMoreAsync(Partitions);
        await Eventually.TrueAsync(() => killed.Read.Any(), () => $"The member that is to be killed read nothing: {Tail(killed.Log)}");
        var theirs = killed.Partitions;

        await killed.KillAsync();

        await Eventually.TrueAsync(
            () => first.Partitions.Count == 3 && second.Partitions.Count == 3, () => $"Not taken over: {string.Join(',', theirs)}; {Owned(first)}; {Owned(second)}");
        Assert.Equal(Enumerable.Range(0, Partitions), first.Partitions.Concat(second.Partitions).Order());
        await writer.WaitForMoreAsync(Partitions);
        await writer.StopAsync();
        await AssertEveryRecordIsReadAsync(writer, () => first.Records.Keys.Concat(second.Records.Keys).Concat(killed.Read));
        Assert.All(theirs, p => Assert.Contains(first.Records.Keys.Concat(second.Records.Keys), r => r.Partition == p));
        Assert.Equal([topic], first.Topics.Concat(second.Topics).Concat(killed.Topics).Distinct());
        Assert.DoesNotContain("sales.", killed.Log, StringComparison.Ordinal);
        Assert.DoesNotContain($"{tenant}.", killed.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop", GroupProtocol.Classic)]
    [InlineData("initech", GroupProtocol.Classic)]
    [InlineData("shop", GroupProtocol.Consumer)]
    [InlineData("initech", GroupProtocol.Consumer)]
    public async Task A_static_member_that_comes_back_keeps_its_partitions_and_nobody_else_notices(string tenant, GroupProtocol protocol)
    {
        var kafka = await fixture.StartedAsync();
        kafka.SkipUnlessLibrdkafkaSpeaks(protocol);
        var topic = protocol == GroupProtocol.Classic ? "static-classic" : "static-consumer";
        if (tenant == "shop")
        {
            await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ($"shop.{topic}", Partitions));
        }

        await KafkaGroups.QuickHeartbeatsAsync(kafka, $"{tenant}.g-{topic}");
        await using var writer = Writer.Start(kafka, tenant, topic, Partitions);
        await using var stays = Member("stays");
        await using var leaves = Member("restarts");
        await Eventually.TrueAsync(() => stays.Partitions.Count == 3 && leaves.Partitions.Count == 3, () => $"Not three each: {Owned(stays)}; {Owned(leaves)}");
        var (theirs, changes) = (leaves.Partitions, stays.Changes);

        await leaves.StopAsync();
        await writer.WaitForMoreAsync(Partitions);
        await using var back = Member("restarts");
        await Eventually.TrueAsync(() => back.Partitions.Count == 3, () => $"It did not get them back: {Owned(back)}\n{back.Log}\n\nwho stayed: {Owned(stays)}\n{stays.Log}");

        Assert.Equal(theirs.Order(), back.Partitions.Order());
        await writer.WaitForMoreAsync(Partitions);
        await writer.StopAsync();
        await AssertEveryRecordIsReadAsync(writer, () => stays.Records.Keys.Concat(leaves.Records.Keys).Concat(back.Records.Keys));
        Assert.Equal(changes, stays.Changes);
        Assert.Equal([topic], stays.Topics.Concat(leaves.Topics).Concat(back.Topics).Distinct());

        GroupMember Member(string instance) => GroupMember.Start(kafka, tenant, $"g-{topic}", topic, protocol, instance: instance);
    }

    private static async Task AssertEveryRecordIsReadAsync(Writer writer, Func<IEnumerable<(int Partition, long Offset)>> read)
    {
        Assert.NotEmpty(writer.Written);
        await Eventually.TrueAsync(
            () => !writer.Written.Keys.Except(read()).Any(), () => $"Never read: {string.Join(' ', writer.Written.Keys.Except(read()).Take(5))}, of {writer.Written.Count}");
    }

    private static string Owned(GroupMember member) => $"owns {string.Join(',', member.Partitions)} {member.Failure}";

    private static string Tail(string text) => text.Length > 2500 ? text[^2500..] : text;
}
