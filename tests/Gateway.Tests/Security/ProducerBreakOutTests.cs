using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security;

/// <summary>What a tenant with a valid login may try to write as another's producer, in another's transaction, or without a right.</summary>
public class ProducerBreakOutTests(KafkaFixture fixture)
{
    private static readonly Target Orders = new("orders", Guid.Empty, "", "");

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public async Task A_batch_with_a_foreign_or_untagged_producer_id_ends_the_connection(long producerId)
    {
        var kafka = await fixture.StartedAsync();
        foreach (short version in new short[] { 3, 8, 9, 12 })
        {
            await using var client = await RawClient.LoggedInAsync(kafka, "acme");
            await client.SendAsync(ApiKey.Produce, version, RawRequests.Produce(new Target("returns", Guid.Empty, "", ""), RawRequests.Batch(producerId, 0, 0)));
            await client.AssertClosedAsync();
        }
    }

    [Fact]
    public async Task A_producer_id_is_good_in_the_tenant_that_it_was_given_to_and_in_no_other()
    {
        var kafka = await fixture.StartedAsync();
        var returns = new Target("returns", Guid.Empty, "", "");
        await using var acme = await RawClient.LoggedInAsync(kafka, "acme");
        var own = await ProducerIdAsync(acme);
        var answer = (await acme.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(returns, RawRequests.Batch(own, 0, 0)))).Body;
        Assert.Contains(answer.List("responses").Single().List("partitionResponses"), p => p.Get<short>("errorCode") == 0);
        await using var shop = await RawClient.LoggedInAsync(kafka, "shop");
        var foreign = await ProducerIdAsync(shop);
        Assert.NotEqual(own >> 40, foreign >> 40);
        await acme.SendAsync(ApiKey.Produce, 9, RawRequests.Produce(returns, RawRequests.Batch(foreign, 0, 0)));
        await acme.AssertClosedAsync();
    }

    [Fact]
    public async Task A_transactional_batch_needs_a_transactional_id()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var answer = (await client.AskAsync(ApiKey.Produce, 9, RawRequests.Produce(new Target("returns", Guid.Empty, "", ""), RawRequests.Batch(1, 0, 0, transactional: true)))).Body;
        Assert.All(answer.List("responses").Single().List("partitionResponses"), p => Assert.Equal((short)ErrorCode.TransactionalIdAuthorizationFailed, p.Get<short>("errorCode")));
        await client.SendAsync(ApiKey.Produce, 9, RawRequests.Produce(new Target("returns", Guid.Empty, "", ""), RawRequests.Batch(1, 0, 0, transactional: true), acks: 0));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task A_transactional_batch_with_the_producer_id_of_another_tenants_transaction_is_not_written()
    {
        var kafka = await fixture.StartedAsync();
        var ids = new Dictionary<string, long>();
        foreach (var tenant in new[] { "shop", "store" })
        {
            await using var coordinator = await KafkaGroups.CoordinatorAsync(kafka, tenant, "stolen", type: 1);
            for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(200))
            {
                var made = (await coordinator.AskAsync(ApiKey.InitProducerId, 4, RawRequests.Of(ApiKey.InitProducerId, new Target("", Guid.Empty, "", "stolen")))).Body;
                if (made.Get<short>("errorCode") == 0)
                {
                    ids[tenant] = made.Get<long>("producerId");
                    break;
                }

                Assert.True(DateTime.UtcNow < until, $"InitProducerId: {made.Get<short>("errorCode")}");
            }
        }

        Assert.NotEqual(ids["shop"], ids["store"]);
        for (var slot = 0; slot < 3; slot++)
        {
            await using var client = await RawClient.LoggedInAsync(kafka, "shop", slot);
            foreach (var version in new[] { 9, 11, kafka.AtMost(ApiKey.Produce, 12) }.Select(v => (short)v).Distinct())
            {
                var request = RawRequests.Produce(new Target("txn", Guid.Empty, "", ""), RawRequests.Batch(ids["store"], 0, 0, transactional: true), transactionalId: "stolen");
                var answer = (await client.AskAsync(ApiKey.Produce, version, request)).Body;
                Assert.All(answer.List("responses").Single().List("partitionResponses"), p => Assert.NotEqual(0, p.Get<short>("errorCode")));
            }
        }
    }

    [Fact]
    public async Task A_denied_Produce_that_wants_no_answer_ends_the_connection_and_an_allowed_one_is_written()
    {
        var kafka = await fixture.StartedAsync();
        await using (var client = await RawClient.LoggedInAsync(kafka, "acme"))
        {
            await client.SendAsync(ApiKey.Produce, 9, RawRequests.Produce(Orders, RawRequests.Batch(), acks: 0));
            await client.AssertClosedAsync();
        }

        await using var writer = await RawClient.LoggedInAsync(kafka, "acme");
        var returns = new Target("returns", Guid.Empty, "", "");
        var led = (await writer.AskAsync(ApiKey.Metadata, 9, RawRequests.Metadata(returns))).Body.List("topics").Single().List("partitions")
            .Where(p => p.Get<int>("leaderId") == 0).Select(p => p.Get<int>("partitionIndex")).ToList();
        var request = RawRequests.Produce(returns, RawRequests.Batch(), acks: 0);

        // For a partition that it does not lead, the broker itself would close the connection.
        request.List("topicData").Single().List("partitionData").RemoveAll(p => !led.Contains(p.Get<int>("index")));
        await writer.SendAsync(ApiKey.Produce, 9, request);
        Assert.Equal(3, (await writer.AskAsync(ApiKey.Metadata, 9, RawRequests.Metadata(Orders))).Body.List("brokers").Count);
    }

    private static async Task<long> ProducerIdAsync(RawClient client)
    {
        for (var until = DateTime.UtcNow.AddSeconds(20); ; await Task.Delay(100))
        {
            var made = (await client.AskAsync(ApiKey.InitProducerId, 4, RawRequests.Of(ApiKey.InitProducerId, new Target("", Guid.Empty, "", "")))).Body;
            if (made.Get<short>("errorCode") == 0)
            {
                return made.Get<long>("producerId");
            }

            // The first ones of a broker wait for a block of ids from the controller.
            Assert.True(made.Get<short>("errorCode") == 14 && DateTime.UtcNow < until, $"Error {made.Get<short>("errorCode")}.");
        }
    }
}
