using Confluent.Kafka;
using Confluent.Kafka.Admin;
using PartnerPlatform.EndToEnd.Tests.Surroundings;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.EndToEnd.Tests.RealKafka;

[Collection(RealStack.Collection)]
public sealed class RealKafkaTests(RealStack real)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_partner_s_consumer_group_is_invisible_to_another_partner_also_under_the_same_name()
    {
        var stack = real.Stack;
        var one = await stack.Api.NewPartnerAsync("one");
        var other = await stack.Api.NewPartnerAsync("other");
        await using var reader = new RunningReader(stack.Bootstrap, one, "orders", group: "readers");
        await reader.MoreAsync(Soon);

        var seenByOne = await GroupsAsync(stack.Bootstrap, one);
        var seenByOther = await GroupsAsync(stack.Bootstrap, other);

        Assert.Equal(["readers: Stable, 1 member"], seenByOne.Listed.Select(group => $"{group}: {seenByOne.State}, {seenByOne.Members} member"));
        Assert.Empty(seenByOther.Listed);
        Assert.Equal((ConsumerGroupState.Dead, 0), (seenByOther.State, seenByOther.Members));
        await using var second = new RunningReader(stack.Bootstrap, other, "orders", group: "readers");
        await second.MoreAsync(Soon);
        Assert.Equal(1, (await GroupsAsync(stack.Bootstrap, one)).Members);
        await reader.MoreAsync(Soon, records: 20);
    }

    [Fact]
    public async Task A_withdrawn_topic_stops_inside_the_fetch_session_of_a_running_Java_client_and_the_others_go_on()
    {
        var stack = real.Stack;
        var login = await stack.Api.NewPartnerAsync("sessions");
        await stack.Api.EnforceAsync("shareTopic", new { zone = "sessions", name = "invoices", physicalTopic = Shop.Invoices, permission = "READ" });
        var folder = Directory.CreateTempSubdirectory("java-").FullName;
        var output = Path.Combine(folder, "out.log");
        var properties = await PropertiesAsync(folder, login);
        await using var java = await PartnerPlatform.Stack.Kafka.RealKafka.StartToolAsync(
            ["console-consumer", "--bootstrap-server", stack.Bootstrap, "--command-config", properties, "--include", "orders|invoices", "--group", "java"],
            output);
        await Eventually.TrueAsync("the Java client reads both topics", TimeSpan.FromSeconds(30), () => Count(output, "order ") > 20 && Count(output, "invoice ") > 5);

        await stack.Api.EnforceAsync("withdrawTopic", new { zone = "sessions", name = "orders" });
        await Task.Delay(TimeSpan.FromSeconds(1));

        var (orders, invoices) = (Count(output, "order "), Count(output, "invoice "));
        await Eventually.TrueAsync("the Java client goes on with the other topic", Soon, () => Count(output, "invoice ") > invoices + 20);
        Assert.Equal(orders, Count(output, "order "));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Java_s_own_OAuth_client_reads_and_writes_by_client_credentials()
    {
        var stack = real.Stack;
        await stack.Api.NewPartnerAsync("javaoauth");
        var login = await stack.Api.NewClientSecretAsync("javaoauth", "app");
        var folder = Directory.CreateTempSubdirectory("java-").FullName;
        var output = Path.Combine(folder, "out.log");
        var properties = Path.Combine(folder, "client.properties");
        await File.WriteAllTextAsync(properties, $"""
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=OAUTHBEARER
            sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler
            sasl.oauthbearer.token.endpoint.url={login.TokenEndpoint}
            sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="{login.Username}" clientSecret="{login.Password}";
            """);
        var allowed = new Dictionary<string, string> { ["KAFKA_OPTS"] = $"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={login.TokenEndpoint}" };
        await using var java = await PartnerPlatform.Stack.Kafka.RealKafka.StartToolAsync(
            ["console-consumer", "--bootstrap-server", stack.Bootstrap, "--command-config", properties, "--topic", "orders", "--group", "java"],
            output,
            allowed);

        await Eventually.TrueAsync("the Java client reads", TimeSpan.FromSeconds(40), () => Count(output, "order ") > 20);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_name_that_is_given_to_another_topic_is_read_from_there_by_a_running_client()
    {
        var stack = real.Stack;
        await stack.Api.ChangeAsync("createVirtualCluster", new { name = "moving", kind = "STANDARD", aclEnabled = false });
        await stack.Api.ChangeAsync("createAlias", new { virtualCluster = "moving", name = "feed", physicalTopic = Shop.Orders, permission = "READ" });
        var login = await stack.Api.NewAccountAsync("moving", "app");
        await using var reader = new RunningReader(stack.Bootstrap, login, "feed", group: "moving");
        await reader.MoreAsync(Soon);
        Assert.StartsWith("order", reader.Last, StringComparison.Ordinal);

        await stack.Api.EnforceAsync("retargetAlias", new { virtualCluster = "moving", name = "feed", physicalTopic = Shop.Invoices });

        await Eventually.TrueAsync($"the reader gets what the name stands for now, not {reader.Last}", TimeSpan.FromSeconds(60), () => reader.Last.StartsWith("invoice", StringComparison.Ordinal));
        for (var i = 0; i < 10; i++)
        {
            await reader.MoreAsync(Soon);
            Assert.StartsWith("invoice", reader.Last, StringComparison.Ordinal);
        }

        var refused = await Assert.ThrowsAsync<RefusedException>(() => stack.Api.ChangeAsync("retargetAlias", new { virtualCluster = "moving", name = "feed", physicalTopic = "no.such.topic" }));
        Assert.Equal("VALIDATION_FAILED", refused.Code);
    }

    [Fact]
    public async Task A_renamed_topic_is_read_and_written_under_its_old_name_by_those_who_run_until_that_ends()
    {
        var stack = real.Stack;
        await stack.Api.NewPartnerAsync("renaming");
        var login = await stack.Api.NewAccountAsync("renaming", "renamer");
        await using var classic = new RunningReader(stack.Bootstrap, login, "orders", group: "classic");
        await using var modern = new RunningReader(stack.Bootstrap, login, "orders", group: "modern", GroupProtocol.Consumer);
        await using var writer = new RunningWriter(stack.Bootstrap, login, "returns");
        await Task.WhenAll(classic.MoreAsync(Soon), modern.MoreAsync(Soon), writer.MoreAsync(Soon));

        foreach (var name in new[] { "orders", "returns" })
        {
            await stack.Api.EnforceAsync("renameSharedTopic", new { zone = "renaming", name, newName = $"{name}-v2", keepFormerName = new { unusedFor = "P7D" } });
        }

        await Task.WhenAll(classic.MoreAsync(Soon, 50), modern.MoreAsync(Soon, 50), writer.MoreAsync(Soon));
        await using var current = new RunningReader(stack.Bootstrap, login, "orders-v2", group: "current");
        await using var currentWriter = new RunningWriter(stack.Bootstrap, login, "returns-v2");
        await Task.WhenAll(current.MoreAsync(Soon), currentWriter.MoreAsync(Soon));
        await Task.WhenAll(classic.MoreAsync(Soon, 50), modern.MoreAsync(Soon, 50), writer.MoreAsync(Soon));
        Assert.Empty(writer.Refused);
        await Eventually.TrueAsync("nodes tell that the old name is used", Soon, async () =>
            (await stack.Api.SendAsync("{ partnerZone(name: \"renaming\") { topics { name formerName { name lastUsed } } } }")).GetProperty("partnerZone").GetProperty("topics").EnumerateArray()
                .All(t => t.GetProperty("formerName").GetProperty("lastUsed").ValueKind == System.Text.Json.JsonValueKind.String));

        await stack.Api.EnforceAsync("endSharedTopicFormerName", new { zone = "renaming", name = "orders-v2" });
        await stack.Api.EnforceAsync("endSharedTopicFormerName", new { zone = "renaming", name = "returns-v2" });

        await Eventually.TrueAsync("the old name is refused to who writes under it", Soon, () => writer.Refused.Any());
        Assert.True(await classic.IsSilentAsync(TimeSpan.FromSeconds(2)));
        Assert.True(await modern.IsSilentAsync(TimeSpan.FromSeconds(1)));
        await Task.WhenAll(current.MoreAsync(Soon, 20), currentWriter.MoreAsync(Soon));
        Assert.Empty(currentWriter.Refused);
    }

    [Fact]
    public async Task What_groups_have_committed_for_a_topic_does_not_live_on_after_it_is_withdrawn_also_where_members_go_on()
    {
        var stack = real.Stack;
        var login = await stack.Api.NewPartnerAsync("leaving");
        await stack.Api.EnforceAsync("shareTopic", new { zone = "leaving", name = "invoices", physicalTopic = Shop.Invoices, permission = "READ" });
        await using var classic = new RunningReader(stack.Bootstrap, login, "orders", group: "classic");
        await using var modern = new RunningReader(stack.Bootstrap, login, "orders", group: "modern", GroupProtocol.Consumer);
        await using var other = new RunningReader(stack.Bootstrap, login, "invoices", group: "classic");
        await Task.WhenAll(classic.MoreAsync(Soon), modern.MoreAsync(Soon), other.MoreAsync(Soon));
        using var brokers = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = real.Physical }).SetLogHandler(static (_, _) => { }).Build();
        foreach (var group in new[] { "leaving.classic", "leaving.modern" })
        {
            await Eventually.TrueAsync($"{group} has committed", Soon, async () => (await CommittedAsync(brokers, group)).Contains(Shop.Orders));
        }

        var folder = Directory.CreateTempSubdirectory("java-").FullName;
        var shared = await ToolAsync("console-share-consumer", "--bootstrap-server", stack.Bootstrap, "--command-config", await PropertiesAsync(folder, login), "--topic", "orders", "--group", "sharing", "--max-messages", "5");
        Assert.Contains("order ", shared, StringComparison.Ordinal);
        Assert.Contains(Shop.Orders, await SharedAsync("leaving.sharing"), StringComparison.Ordinal);

        await stack.Api.EnforceAsync("withdrawTopic", new { zone = "leaving", name = "orders" });

        foreach (var group in new[] { "leaving.classic", "leaving.modern" })
        {
            await Eventually.TrueAsync($"what {group} committed is gone", TimeSpan.FromSeconds(60), async () => !(await CommittedAsync(brokers, group)).Contains(Shop.Orders));
        }

        await Eventually.TrueAsync("what the share group had read is gone", TimeSpan.FromSeconds(60), async () => !(await SharedAsync("leaving.sharing")).Contains(Shop.Orders, StringComparison.Ordinal));
        await other.MoreAsync(Soon, 10);
        await modern.DisposeAsync();
        Assert.Contains(Shop.Invoices, await CommittedAsync(brokers, "leaving.classic"));
        await stack.Api.EnforceAsync("shareTopic", new { zone = "leaving", name = "orders", physicalTopic = Shop.Orders, permission = "READ" });
        using var asking = new AdminClientBuilder(Clients.Configure(new AdminClientConfig(), stack.Bootstrap, login)).SetLogHandler(static (_, _) => { }).Build();
        Assert.DoesNotContain("orders", await CommittedAsync(asking, "modern"));
        Directory.Delete(folder, recursive: true);

        Task<string> SharedAsync(string group) => ToolAsync("share-groups", "--bootstrap-server", real.Physical, "--describe", "--group", group, "--offsets");
    }

    private static async Task<string> ToolAsync(params string[] command)
    {
        var run = await PartnerPlatform.Stack.Kafka.RealKafka.RunToolAsync(command);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)}\n{run.Text}");
        return run.Output;
    }

    /// <summary>A file for Kafka's tools.</summary>
    private static async Task<string> PropertiesAsync(string folder, Login login)
    {
        var properties = Path.Combine(folder, "client.properties");
        await File.WriteAllTextAsync(properties, $"""
            security.protocol=SASL_PLAINTEXT
            sasl.mechanism=PLAIN
            sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="{login.Username}" password="{login.Password}";
            """);
        return properties;
    }

    private static async Task<IReadOnlyList<string>> CommittedAsync(IAdminClient admin, string group) =>
        [.. (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)])).Single().Partitions.Select(p => p.Topic).Distinct()];

    private static int Count(string file, string start) => File.Exists(file) ? ReadLines(file).Count(line => line.StartsWith(start, StringComparison.Ordinal)) : 0;

    private static string[] ReadLines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n');
    }

    private static async Task<(IReadOnlyList<string> Listed, ConsumerGroupState State, int Members)> GroupsAsync(string bootstrap, Login login)
    {
        using var admin = new AdminClientBuilder(Clients.Configure(new AdminClientConfig(), bootstrap, login)).SetLogHandler(static (_, _) => { }).Build();
        var listed = await admin.ListConsumerGroupsAsync();
        var described = (await admin.DescribeConsumerGroupsAsync(["readers"])).ConsumerGroupDescriptions[0];
        return ([.. listed.Valid.Select(group => group.GroupId)], described.State, described.Members.Count);
    }
}
