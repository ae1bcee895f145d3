using Confluent.Kafka;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using ClientError = Confluent.Kafka.ErrorCode;
using ErrorCode = PartnerPlatform.Gateway.Protocol.ErrorCode;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>Transactions through the gateway, between tenants and within one.</summary>
public class TransactionTests(KafkaFixture fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Readers_of_committed_records_see_what_was_committed_and_nothing_that_was_aborted()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.committed", 2));
        using (var producer = Producer(kafka, "shop", "committer"))
        {
            producer.InitTransactions(Patience);
            foreach (var (round, commit) in new[] { ("first", true), ("second", false), ("third", true) })
            {
                producer.BeginTransaction();
                for (var i = 0; i < 20; i++)
                {
                    producer.Produce("committed", new Message<string, string> { Key = $"{i}", Value = $"{round} {i}" });
                }

                producer.Flush(Patience);
                if (commit)
                {
                    producer.CommitTransaction(Patience);
                }
                else
                {
                    producer.AbortTransaction(Patience);
                }
            }
        }

        var expected = new[] { "first", "third" }.SelectMany(r => Enumerable.Range(0, 20).Select(i => $"{r} {i}")).Order();
        Assert.Equal(expected, ReadToEnd(kafka, "committed", IsolationLevel.ReadCommitted).Order());
        Assert.Equal(60, ReadToEnd(kafka, "committed", IsolationLevel.ReadUncommitted).Count);
    }

    [Fact]
    public async Task Copying_with_offsets_in_the_transaction_moves_every_record_once_also_when_some_are_aborted()
    {
        var kafka = await fixture.StartedAsync();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.copy-from", 1), ("shop.copy-to", 1));
        using (var source = new ProducerBuilder<Null, string>(kafka.Client("shop")).Build())
        {
            for (var i = 0; i < 100; i++)
            {
                source.Produce("copy-from", new Message<Null, string> { Value = $"{i}" });
            }

            source.Flush(Patience);
        }

        using (var consumer = new ConsumerBuilder<Null, string>(new ConsumerConfig(kafka.Client("shop")) { GroupId = "copiers", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted }).Build())
        using (var producer = Producer(kafka, "shop", "copier"))
        {
            producer.InitTransactions(Patience);
            consumer.Subscribe("copy-from");
            var (copied, batch) = (0, 0);
            for (var until = DateTime.UtcNow.AddSeconds(60); copied < 100 && DateTime.UtcNow < until;)
            {
                producer.BeginTransaction();
                var records = new List<ConsumeResult<Null, string>>();
                while (records.Count < 20 && consumer.Consume(TimeSpan.FromSeconds(5)) is { } record)
                {
                    records.Add(record);
                    producer.Produce("copy-to", new Message<string, string> { Value = record.Message.Value });
                }

                producer.SendOffsetsToTransaction(records.Count == 0 ? [] : [new TopicPartitionOffset(records[^1].TopicPartition, records[^1].Offset + 1)], consumer.ConsumerGroupMetadata, Patience);
                if (batch++ % 2 == 0)
                {
                    // As after a crash: the records are read again from what is committed.
                    producer.AbortTransaction(Patience);
                    consumer.Seek(new TopicPartitionOffset(records[0].TopicPartition, records[0].Offset));
                    continue;
                }

                producer.CommitTransaction(Patience);
                copied += records.Count;
            }

            Assert.Equal(100, consumer.Committed([new TopicPartition("copy-from", 0)], Patience).Single().Offset.Value);
            consumer.Close();
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), ReadToEnd(kafka, "copy-to", IsolationLevel.ReadCommitted));
    }

    [Fact]
    public async Task A_transactional_id_fences_in_its_own_tenant_only()
    {
        var kafka = await fixture.StartedAsync();
        using var shop = Producer(kafka, "shop", "same");
        shop.InitTransactions(Patience);
        using (var store = Producer(kafka, "store", "same"))
        {
            store.InitTransactions(Patience);
            store.BeginTransaction();
            await store.ProduceAsync("txn", new Message<string, string> { Value = "store" });
            store.CommitTransaction(Patience);
        }

        shop.BeginTransaction();
        await shop.ProduceAsync("txn", new Message<string, string> { Value = "shop" });
        shop.CommitTransaction(Patience);

        using var second = Producer(kafka, "shop", "same");
        second.InitTransactions(Patience);
        shop.BeginTransaction();
        var fenced = await Assert.ThrowsAnyAsync<KafkaException>(() => shop.ProduceAsync("txn", new Message<string, string> { Value = "zombie" }));
        Assert.True(fenced.Error.Code is ClientError.Local_Fenced or ClientError.ProducerFenced or ClientError.InvalidProducerEpoch or ClientError.Local_State or ClientError.Local_PurgeQueue, fenced.Error.ToString());
    }

    [Fact]
    public async Task A_partner_without_the_right_to_a_transactional_id_is_refused()
    {
        var kafka = await fixture.StartedAsync();
        using var producer = Producer(kafka, "acme", "not-mine");
        var denied = Assert.ThrowsAny<KafkaException>(() => producer.InitTransactions(Patience));
        Assert.Equal(ClientError.TransactionalIdAuthorizationFailed, denied.Error.Code);
    }

    [Fact]
    public async Task What_is_shared_takes_no_transactions_not_even_of_super_users()
    {
        var kafka = await fixture.StartedAsync();
        using (var producer = Producer(kafka, "acme", "of-admin", "acme-admin"))
        {
            producer.InitTransactions(Patience);
            producer.BeginTransaction();
            producer.Produce("returns", new Message<string, string> { Value = "in a transaction" });
            var denied = Assert.ThrowsAny<KafkaException>(() => producer.CommitTransaction(Patience));
            Assert.Equal(ClientError.TopicAuthorizationFailed, denied.Error.Code);
        }

        // Who does not ask for the partition to be added is refused with the batch, whole, whatever the broker would make of it.
        await using var client = await RawClient.LoggedInAsync(kafka, "acme", account: "acme-admin");
        var request = RawRequests.Produce(new Target("returns", Guid.Empty, "", ""), RawRequests.Batch(1, 0, 0, transactional: true), transactionalId: "of-admin");
        var answer = await client.AskAsync(ApiKey.Produce, 9, request);
        Assert.All(answer.Body.List("responses").Single().List("partitionResponses"), p => Assert.Equal((short)ErrorCode.TransactionalIdAuthorizationFailed, p.Get<short>("errorCode")));
    }

    [Theory]
    [InlineData(ApiKey.AddPartitionsToTxn)]
    [InlineData(ApiKey.TxnOffsetCommit)]
    public async Task A_request_whose_transactional_id_is_denied_is_answered_for_each_partition(ApiKey api)
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        for (short version = 0; version <= 3; version++)
        {
            var answer = await client.AskAsync(api, version, RawRequests.Of(api, new Target("returns", Guid.Empty, "g", "denied", ProducerId: 1, ProducerEpoch: 0)));
            var (topics, partitions, error) = api == ApiKey.AddPartitionsToTxn ? ("resultsByTopicV3AndBelow", "resultsByPartition", "partitionErrorCode") : ("topics", "partitions", "errorCode");
            var topic = answer.Body.List(topics).Single();
            Assert.Equal("returns", topic.Text("name"));
            Assert.Equal(3, topic.List(partitions).Count);
            Assert.All(topic.List(partitions), p => Assert.Equal((short)ErrorCode.TransactionalIdAuthorizationFailed, p.Get<short>(error)));
        }
    }

    private static IProducer<string, string> Producer(KafkaFixture kafka, string tenant, string id, string account = "app") =>
        new ProducerBuilder<string, string>(new ProducerConfig(kafka.Client(tenant, account)) { TransactionalId = id, TransactionTimeoutMs = 30_000 }).Build();

    private static List<string> ReadToEnd(KafkaFixture kafka, string topic, IsolationLevel isolation)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(kafka.Client("shop")) { GroupId = "to-end", AutoOffsetReset = AutoOffsetReset.Earliest, IsolationLevel = isolation, EnablePartitionEof = true }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, Patience).Topics.Single().Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        var (values, ends) = (new List<string>(), 0);
        while (ends < partitions.Count && consumer.Consume(TimeSpan.FromSeconds(20)) is { } record)
        {
            if (record.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                values.Add(record.Message.Value);
            }
        }

        return ends == partitions.Count ? values : throw new Xunit.Sdk.XunitException($"{topic} ended on {ends} of {partitions.Count} partitions.");
    }
}
