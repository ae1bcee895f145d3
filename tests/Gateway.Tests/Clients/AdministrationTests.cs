using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace PartnerPlatform.Gateway.Tests.Clients;

/// <summary>A standard virtual cluster is administered by Kafka's own tools and librdkafka as a cluster is; a partner's is not.</summary>
public class AdministrationTests(KafkaFixture fixture)
{
    [Theory]
    [InlineData(null)]
    [InlineData("3.9.2")]
    public async Task Topics_are_created_described_grown_configured_emptied_and_deleted(string? version)
    {
        var kafka = await fixture.StartedAsync();
        var topic = $"life-{version ?? "default"}";
        var properties = kafka.JavaProperties("shop");

        await ToolAsync("topics", "--create", "--topic", topic, "--partitions", "2", "--replication-factor", "3", "--config", "retention.ms=600000");
        Assert.Contains(topic, (await ToolAsync("topics", "--list")).Split('\n'));
        var described = await ToolAsync("topics", "--describe", "--topic", topic);
        Assert.Contains("PartitionCount: 2", described, StringComparison.Ordinal);
        Assert.Contains("retention.ms=600000", described, StringComparison.Ordinal);
        Assert.DoesNotContain("shop.", described, StringComparison.Ordinal);

        await ToolAsync("topics", "--alter", "--topic", topic, "--partitions", "3");
        await ToolAsync("configs", "--alter", "--entity-type", "topics", "--entity-name", topic, "--add-config", "max.message.bytes=2000000");
        Assert.Contains("max.message.bytes=2000000", await ToolAsync("configs", "--describe", "--entity-type", "topics", "--entity-name", topic), StringComparison.Ordinal);

        using (var producer = new ProducerBuilder<Null, string>(kafka.Client("shop")).Build())
        {
            for (var i = 0; i < 10; i++)
            {
                await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<Null, string> { Value = $"{i}" });
            }
        }

        var offsets = Path.Combine(kafka.First.Folder, $"{topic}.json");
        await File.WriteAllTextAsync(offsets, $$"""{"partitions":[{"topic":"{{topic}}","partition":0,"offset":4}],"version":1}""");
        Assert.Contains("low_watermark: 4", await ToolAsync("delete-records", "--offset-json-file", offsets), StringComparison.Ordinal);

        await ToolAsync("topics", "--delete", "--topic", topic);
        for (var i = 0; i < 50 && (await ToolAsync("topics", "--list")).Split('\n').Contains(topic); i++)
        {
            await Task.Delay(100);
        }

        Assert.DoesNotContain(topic, (await ToolAsync("topics", "--list")).Split('\n'));

        async Task<string> ToolAsync(string tool, params string[] arguments)
        {
            var run = await RealKafka.RunToolAsync([tool, "--bootstrap-server", kafka.BootstrapServers, "--command-config", properties, .. arguments], version);
            Assert.True(run.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}\n{run.Text}");
            return run.Output;
        }
    }

    [Fact]
    public async Task A_client_id_has_the_tenants_prefix_at_the_broker_and_nowhere_else()
    {
        var kafka = await fixture.StartedAsync();
        var group = $"ids-{Guid.NewGuid()}";
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig(kafka.Client("shop")) { ClientId = "reader", GroupId = group, GroupProtocol = GroupProtocol.Classic, TopicMetadataRefreshIntervalMs = 500 }).SetLogHandler((_, _) => { }).Build();
        await KafkaFixture.CreateTopicsAsync(kafka.Kafka.Plaintext, ("shop.ids", 1));
        consumer.Subscribe("ids");
        for (var until = DateTime.UtcNow.AddSeconds(30); consumer.Assignment.Count == 0 && DateTime.UtcNow < until;)
        {
            try
            {
                consumer.Consume(TimeSpan.FromMilliseconds(100));
            }
            catch (ConsumeException e) when (e.Error.Code == ErrorCode.UnknownTopicOrPart)
            {
                // It was made just now.
            }
        }

        using var shop = new AdminClientBuilder(kafka.Client("shop")).Build();
        var shown = await MemberAsync(shop, group);
        using var direct = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build();
        var real = await MemberAsync(direct, "shop." + group);
        Assert.NotNull(shown);
        Assert.NotNull(real);
        Assert.Equal(("reader", "shop.reader"), (shown.ClientId, real.ClientId));
        Assert.StartsWith("shop.reader-", real.ConsumerId, StringComparison.Ordinal);
        Assert.Equal("~" + real.ConsumerId["shop.".Length..], shown.ConsumerId);
        Assert.Equal(shown.ConsumerId, consumer.MemberId);

        static async Task<MemberDescription?> MemberAsync(IAdminClient admin, string group) =>
            (await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions.Single().Members.FirstOrDefault(m => m.Assignment.TopicPartitions.Count > 0);
    }

    [Fact]
    public async Task A_brokers_quota_for_a_client_id_is_one_tenants()
    {
        var kafka = await fixture.StartedAsync();
        var run = await RealKafka.RunToolAsync(["configs", "--bootstrap-server", kafka.Kafka.Plaintext, "--alter", "--entity-type", "clients", "--entity-name", "shop.greedy", "--add-config", "producer_byte_rate=1"]);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.True(await ThrottledAsync("shop", "txn"), "The quota of shop.greedy does not hold the tenant's client id greedy.");
        Assert.False(await ThrottledAsync("store", "txn"), "Another tenant's client of the same id is held by it.");

        async Task<bool> ThrottledAsync(string tenant, string topic)
        {
            await using var client = await RawClient.LoggedInAsync(kafka, tenant);
            var writer = new WireWriter();
            MessageWriter.Write(Definitions.Apis[ApiKey.Produce].Request, 9, RawRequests.Produce(new Target(topic, Guid.Empty, "", ""), RawRequests.Batch()), writer);
            for (var i = 1; i <= 3; i++)
            {
                await client.SendAsync(RawClient.Frame(ApiKey.Produce, 9, i, writer.Written, "greedy"));
                if (RawClient.Read(ApiKey.Produce, 9, (await client.ReceiveAsync())!).Body.Get<int>("throttleTimeMs") > 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    [Fact]
    public async Task A_created_topic_lies_under_the_prefix_and_its_name_says_nothing_to_other_tenants()
    {
        var kafka = await fixture.StartedAsync();
        using var shop = Admin(kafka, "shop");
        using var store = Admin(kafka, "store");
        using var physical = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.Kafka.Plaintext }).Build();
        await shop.CreateTopicsAsync([new TopicSpecification { Name = "same.name", NumPartitions = 1, ReplicationFactor = 3 }]);
        await store.CreateTopicsAsync([new TopicSpecification { Name = "same.name", NumPartitions = 2, ReplicationFactor = 3 }]);

        // The controller answers as soon as it has decided; each broker learns of it in its own time.
        List<string> there = [];
        for (var until = DateTime.UtcNow.AddSeconds(10); DateTime.UtcNow < until && !(there.Contains("shop.same.name") && there.Contains("store.same.name")); await Task.Delay(50))
        {
            there = physical.GetMetadata(TimeSpan.FromSeconds(10)).Topics.ConvertAll(t => t.Topic);
        }

        Assert.Contains("shop.same.name", there);
        Assert.Contains("store.same.name", there);
        var again = await Assert.ThrowsAsync<CreateTopicsException>(() => shop.CreateTopicsAsync([new TopicSpecification { Name = "same.name", NumPartitions = 1, ReplicationFactor = 3 }]));
        Assert.Equal((Confluent.Kafka.ErrorCode.TopicAlreadyExists, "Topic 'same.name' already exists."), (again.Results[0].Error.Code, again.Results[0].Error.Reason));
        var colliding = await Assert.ThrowsAsync<CreateTopicsException>(() => shop.CreateTopicsAsync([new TopicSpecification { Name = "same_name", NumPartitions = 1, ReplicationFactor = 3 }]));
        Assert.Equal(Confluent.Kafka.ErrorCode.TopicException, colliding.Results[0].Error.Code);
        Assert.DoesNotContain("shop.", colliding.Results[0].Error.Reason, StringComparison.Ordinal);

        await shop.DeleteTopicsAsync(["same.name"]);
        Assert.Contains(physical.GetMetadata("store.same.name", TimeSpan.FromSeconds(10)).Topics, t => t.Error.Code == Confluent.Kafka.ErrorCode.NoError);
    }

    [Fact]
    public async Task A_request_for_so_many_partitions_that_Kafka_s_controller_would_run_out_of_memory_is_refused()
    {
        var kafka = await fixture.StartedAsync();
        using var shop = Admin(kafka, "shop");
        var created = await Assert.ThrowsAsync<CreateTopicsException>(() => shop.CreateTopicsAsync(
            [new TopicSpecification { Name = "huge", NumPartitions = 100_000, ReplicationFactor = 1 }, new TopicSpecification { Name = "beside-it", NumPartitions = 1, ReplicationFactor = 1 }]));
        var grown = await Assert.ThrowsAsync<CreatePartitionsException>(() => shop.CreatePartitionsAsync([new PartitionsSpecification { Topic = "carts", IncreaseTo = 100_000 }]));
        Assert.All(created.Results, r => Assert.Equal((Confluent.Kafka.ErrorCode.InvalidPartitions, "A request asks for at most 1000 partitions."), (r.Error.Code, r.Error.Reason)));
        Assert.Equal(Confluent.Kafka.ErrorCode.InvalidPartitions, grown.Results[0].Error.Code);
    }

    [Fact]
    public async Task Nothing_shared_with_a_partner_can_be_created_changed_emptied_or_deleted_by_it()
    {
        var kafka = await fixture.StartedAsync();
        using var admin = Admin(kafka, "acme", "acme-admin");

        var created = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new TopicSpecification { Name = "mine", NumPartitions = 1, ReplicationFactor = 3 }]));
        var deleted = await Assert.ThrowsAsync<DeleteTopicsException>(() => admin.DeleteTopicsAsync(["orders", "sales.orders.v1"]));
        var grown = await Assert.ThrowsAsync<CreatePartitionsException>(() => admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = "orders", IncreaseTo = 9 }]));
        var emptied = await Assert.ThrowsAsync<DeleteRecordsException>(() => admin.DeleteRecordsAsync([new TopicPartitionOffset("orders", 0, Offset.End)]));
        var altered = await Assert.ThrowsAsync<IncrementalAlterConfigsException>(() => admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource { Type = Confluent.Kafka.Admin.ResourceType.Topic, Name = "orders" }] = [new ConfigEntry { Name = "retention.ms", Value = "1", IncrementalOperation = AlterConfigOpType.Set }],
        }));
        var broker = await Assert.ThrowsAsync<DescribeConfigsException>(() => admin.DescribeConfigsAsync([new ConfigResource { Type = Confluent.Kafka.Admin.ResourceType.Broker, Name = "0" }]));

        Assert.Equal(Confluent.Kafka.ErrorCode.TopicAuthorizationFailed, created.Results[0].Error.Code);
        Assert.Equal(
            [("orders", Confluent.Kafka.ErrorCode.TopicAuthorizationFailed), ("sales.orders.v1", Confluent.Kafka.ErrorCode.UnknownTopicOrPart)],
            deleted.Results.Select(r => (r.Topic, r.Error.Code)).Order());
        Assert.Equal(Confluent.Kafka.ErrorCode.TopicAuthorizationFailed, grown.Results[0].Error.Code);
        Assert.Equal(Confluent.Kafka.ErrorCode.TopicAuthorizationFailed, emptied.Results[0].Error.Code);
        Assert.Equal(Confluent.Kafka.ErrorCode.TopicAuthorizationFailed, altered.Results[0].Error.Code);
        Assert.Equal(Confluent.Kafka.ErrorCode.ClusterAuthorizationFailed, broker.Results[0].Error.Code);
        var configs = await admin.DescribeConfigsAsync([new ConfigResource { Type = Confluent.Kafka.Admin.ResourceType.Topic, Name = "orders" }]);
        Assert.Equal("orders", configs[0].ConfigResource.Name);
    }

    [Fact]
    public async Task Transactions_are_listed_and_described_within_the_tenant()
    {
        var kafka = await fixture.StartedAsync();
        foreach (var tenant in new[] { "shop", "store" })
        {
            using var producer = new ProducerBuilder<Null, string>(new ProducerConfig(kafka.Client(tenant)) { TransactionalId = $"of-{tenant}" }).Build();
            producer.InitTransactions(TimeSpan.FromSeconds(30));
            producer.BeginTransaction();
            await producer.ProduceAsync("txn", new Message<Null, string> { Value = "x" });
            producer.CommitTransaction();
        }

        var listed = await ToolAsync("list");
        Assert.Contains("of-shop", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("of-store", listed, StringComparison.Ordinal);
        var described = await ToolAsync("describe", "--transactional-id", "of-shop");
        Assert.Contains("of-shop", described, StringComparison.Ordinal);
        Assert.DoesNotContain("shop.", described, StringComparison.Ordinal);
        Assert.Contains("Failed to describe transaction state", (await RunAsync("describe", "--transactional-id", "of-store")).Text, StringComparison.Ordinal);
        Assert.Contains("ProducerId", await ToolAsync("describe-producers", "--topic", "txn", "--partition", "0"), StringComparison.Ordinal);

        async Task<string> ToolAsync(params string[] arguments)
        {
            var run = await RunAsync(arguments);
            Assert.True(run.ExitCode == 0, run.Text);
            return run.Output;
        }

        Task<PartnerPlatform.Stack.Processes.CommandResult> RunAsync(params string[] arguments) =>
            RealKafka.RunToolAsync(["transactions", "--bootstrap-server", kafka.BootstrapServers, "--command-config", kafka.JavaProperties("shop"), .. arguments]);
    }

    [Fact]
    public async Task Acls_are_listed_to_super_users_only_by_filters_of_every_kind()
    {
        var kafka = await fixture.StartedAsync();

        Assert.Contains("User:app", (await ListAsync("acme-admin")).Output, StringComparison.Ordinal);
        Assert.Contains("resourceType=TOPIC", (await ListAsync("acme-admin", "--topic", "anything", "--resource-pattern-type", "match")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("resourceType", (await ListAsync("acme-admin", "--topic", "anything")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("resourceType", (await ListAsync("acme-admin", "--principal", "User:nobody")).Output, StringComparison.Ordinal);
        Assert.Contains("ClusterAuthorizationException", (await ListAsync("app")).Text, StringComparison.Ordinal);

        Task<PartnerPlatform.Stack.Processes.CommandResult> ListAsync(string account, params string[] filter) =>
            RealKafka.RunToolAsync(["acls", "--bootstrap-server", kafka.BootstrapServers, "--command-config", kafka.JavaProperties("acme", account), "--list", .. filter]);
    }

    private static IAdminClient Admin(KafkaFixture kafka, string cluster, string account = "app") =>
        new AdminClientBuilder(new AdminClientConfig(kafka.Client(cluster, account))).SetLogHandler(static (_, _) => { }).Build();
}
