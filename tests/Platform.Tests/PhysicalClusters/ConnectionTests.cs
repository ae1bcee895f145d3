using System.Text.Json;
using Npgsql;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.PhysicalClusters;

/// <summary>How nodes connect to a cluster, given by the API: secrets are sealed, and reach nodes only.</summary>
public sealed class ConnectionTests
{
    private const string Password = "hunter2-of-the-broker";
    private const string Jaas = $"org.apache.kafka.common.security.scram.ScramLoginModule required username=\"gateway\" password=\"{Password}\";";
    private const string Fields = "physicalCluster { version connection { number properties { name value } secrets } } change { feedNumber }";

    private static readonly (string, string)[] Scram =
        [("bootstrap.servers", "b1:9092,b2:9092"), ("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "SCRAM-SHA-512"), ("sasl.jaas.config", Jaas)];

    [Fact]
    public async Task Secrets_reach_nodes_and_nobody_else()
    {
        await using var platform = await Staged();
        var payload = await platform.Mutate("setPhysicalClusterConnection", Input(Scram), Fields);
        var connection = payload.GetProperty("physicalCluster").GetProperty("connection");
        Assert.Equal(1, connection.GetProperty("number").GetInt32());
        Assert.Equal("sasl.jaas.config", connection.GetProperty("secrets")[0].GetString());
        Assert.DoesNotContain(Password, payload.ToString(), StringComparison.Ordinal);

        var document = (await platform.Feed(null)).Entries.Select(e => e.Content).OfType<JsonElement>().Single(c => c.ToString().Contains("b1:9092", StringComparison.Ordinal)).Deserialize<PhysicalClusterDocument>(ContractJson.Options)!;
        Assert.Equal(1, document.Connection!.Number);
        using (var answer = await platform.Get($"/nodes/clusters/{document.Id}/secrets", TestIdentity.Token("node-1", "node")))
        {
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            var secrets = JsonSerializer.Deserialize<ClusterSecrets>(await answer.Content.ReadAsStringAsync(), ContractJson.Options)!;
            Assert.Equal((1, Jaas), (secrets.Number, secrets.Values["sasl.jaas.config"]));
        }

        foreach (var role in new[] { "operator", "auditor", "partner_admin", "identity" })
        {
            using var answer = await platform.Get($"/nodes/clusters/{document.Id}/secrets", TestIdentity.Token("curious", role));
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
        }

        using (var answer = await platform.Get($"/nodes/clusters/{document.Id}/secrets", null))
        {
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        var history = await platform.Graph("{ physicalCluster(name: \"far\") { problems { node } history { nodes { event data } } } }");
        Assert.DoesNotContain(Password, history.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Password, platform.Log.Text, StringComparison.Ordinal);
        var stored = await EverythingStored(platform);
        Assert.DoesNotContain(Password, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(Password)), stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_connection_takes_the_place_of_the_first_and_one_that_is_removed_leaves_no_secret()
    {
        await using var platform = await Staged();
        await platform.Mutate("setPhysicalClusterConnection", Input(Scram), Fields);
        var second = await platform.Mutate("setPhysicalClusterConnection", Input([.. Scram[..3], ("sasl.jaas.config", Jaas.Replace("hunter2", "hunter3", StringComparison.Ordinal))]), Fields);
        Assert.Equal(2, second.GetProperty("physicalCluster").GetProperty("connection").GetProperty("number").GetInt32());
        Assert.Equal(1L, await Scalar(platform, "select count(*) from platform.cluster_secrets where number = 2"));

        var removed = await platform.Mutate("removePhysicalClusterConnection", new { reason = Scenes.Why, name = "far" }, Fields);
        Assert.Equal(JsonValueKind.Null, removed.GetProperty("physicalCluster").GetProperty("connection").ValueKind);
        Assert.Equal(0L, await Scalar(platform, "select count(*) from platform.cluster_secrets"));
        var third = await platform.Mutate("setPhysicalClusterConnection", Input(Scram), Fields);
        Assert.Equal(3, third.GetProperty("physicalCluster").GetProperty("connection").GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task A_key_that_was_used_for_other_secrets_is_refused()
    {
        await using var platform = await Staged();
        object Keyed(string password) => new
        {
            reason = Scenes.Why, name = "far", idempotencyKey = "once",
            properties = Scram.Select(p => new { name = p.Item1, value = p.Item2.Replace(Password, password, StringComparison.Ordinal) }),
        };
        await platform.Mutate("setPhysicalClusterConnection", Keyed("one"), "change { id }");
        await platform.Mutate("setPhysicalClusterConnection", Keyed("one"), "change { id }");
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", await platform.RefusalOf("setPhysicalClusterConnection", Keyed("two")));
    }

    [Theory]
    [InlineData("far", "known-property", "allowed are", "no.such.thing", "secret-value")]
    [InlineData("far", "no-files", "ssl.truststore.location", "ssl.truststore.location", "/etc/passwd")]
    [InlineData("far", "kafka-properties", "bootstrap.servers contains", "bootstrap.servers", "b1")]
    [InlineData("far", "kafka-properties", "sasl.jaas.config", "sasl.jaas.config", "nonsense with secret-value")]
    [InlineData("far", "kafka-properties", "security.protocol is PLAINTEXT", "security.protocol", "PLAINTEXT")]
    [InlineData("far", "kafka-properties", "SSL or SASL_SSL is needed", "ssl.truststore.certificates", "secret-value")]
    [InlineData("main", "own-configuration", "of their own", "bootstrap.servers", "b1:9092")]
    public async Task What_nodes_could_not_use_is_refused_with_the_property_and_the_rule(string cluster, string rule, string message, string property, string value)
    {
        await using var platform = await Staged();
        var answer = await platform.TryMutate("setPhysicalClusterConnection", Input([.. Scram.Where(p => p.Item1 != property), (property, value)], cluster), "change { id }");
        var error = answer.GetProperty("errors")[0];
        Assert.Equal(("VALIDATION_FAILED", rule), (error.GetProperty("extensions").GetProperty("code").GetString(), error.GetProperty("extensions").GetProperty("rule").GetString()));
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-value", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_must_be_certificates_and_operators_are_told_what_nodes_say()
    {
        await using var platform = await Staged();
        Assert.Equal("VALIDATION_FAILED", await platform.RefusalOf("setPhysicalClusterConnection", Input([("bootstrap.servers", "b1:9093"), ("security.protocol", "SSL"), ("ssl.truststore.certificates", "none")])));
        Assert.Equal("FORBIDDEN", await platform.RefusalOf("setPhysicalClusterConnection", Input(Scram), "auditor", "auditor"));
        Assert.Equal("NOT_FOUND", await platform.RefusalOf("setPhysicalClusterConnection", Input(Scram, "nowhere")));
        using var answer = await platform.Report(Scenes.Facts() with { Clusters = null, ClusterProblems = [new("far", "broker 1 refused the login")] });
        Assert.True(answer.IsSuccessStatusCode);
        var problem = (await platform.Graph("{ physicalCluster(name: \"far\") { problems { node problem } } }")).GetProperty("data").GetProperty("physicalCluster").GetProperty("problems")[0];
        Assert.Equal(("node-1", "broker 1 refused the login"), (problem.GetProperty("node").GetString(), problem.GetProperty("problem").GetString()));
    }

    private static object Input((string Name, string Value)[] properties, string name = "far") =>
        new { reason = Scenes.Why, name, properties = properties.Select(p => new { name = p.Name, value = p.Value }) };

    private static async Task<PlatformUnderTest> Staged()
    {
        var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.Mutate("registerPhysicalCluster", new { reason = Scenes.Why, name = "far" }, "physicalCluster { id }");
        return platform;
    }

    private static async Task<object?> Scalar(PlatformUnderTest platform, string text)
    {
        await using var connection = new NpgsqlConnection(platform.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Every row of every table, as text.</summary>
    private static async Task<string> EverythingStored(PlatformUnderTest platform)
    {
        await using var connection = new NpgsqlConnection(platform.Database);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        var all = new List<string>();
        foreach (var table in tables)
        {
            await using var command = new NpgsqlCommand($"select t::text from {table} t", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                all.Add(reader.GetString(0));
            }
        }

        Assert.Contains(all, row => row.Contains("b1:9092", StringComparison.Ordinal));
        return string.Join('\n', all);
    }
}
