using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Microsoft.IdentityModel.JsonWebTokens;
using PartnerPlatform.Gateway.Tests.Upstream;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Logins;

/// <summary>Every listener, every mechanism, right and wrong credentials, by librdkafka and Java: what each comes to is one approved text.</summary>
[Collection(MatrixCollection.Name)]
public class LoginMatrixTests(MatrixFixture fixture)
{
    private const int AtOnce = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Every_way_in_comes_to_what_is_approved()
    {
        var nodes = await fixture.Logins.StartedAsync(fixture);
        var cells = LoginCell.All(nodes).ToList();
        var byJava = JavaAsync(nodes, cells);
        var librdkafka = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(cells.Where(c => c.Librdkafka is not null), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (cell, _) =>
            librdkafka[cell.Name] = await Task.Factory.StartNew(() => Librdkafka(cell), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        var java = await byJava;
        var text = new StringBuilder("Listener | mechanism | credentials | librdkafka | Java\n");
        foreach (var cell in cells)
        {
            text.Append($"{cell.Protocol} | {cell.Mechanism} | {cell.Credentials} | {librdkafka.GetValueOrDefault(cell.Name, "-")} | {java.GetValueOrDefault(cell.Name, "no answer")}\n");
        }

        ApprovedFile.MustBe("tests/Gateway.Tests/Approved/logins.txt", text.ToString());

        // Nothing of what was sent is in a log.
        foreach (var node in cells.Select(c => nodes[c.Protocol]).Distinct())
        {
            Assert.DoesNotContain("-secret", node.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("not-the-password", node.Log, StringComparison.Ordinal);
            Assert.All(cells.Where(c => c.Token is not null), c => Assert.DoesNotContain(c.Token!, node.Log, StringComparison.Ordinal));
        }
    }

    private static string Librdkafka(LoginCell cell)
    {
        var errors = new ConcurrentQueue<ErrorCode>();
        var builder = new AdminClientBuilder(new AdminClientConfig(cell.Librdkafka!)).SetErrorHandler((_, e) => errors.Enqueue(e.Code)).SetLogHandler((_, _) => { });
        if (cell.Token is { } token)
        {
            // Whatever the token says: librdkafka would not send an expired one.
            builder.SetOAuthBearerTokenRefreshHandler((client, _) =>
                client.OAuthBearerSetToken(token, DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds(), new JsonWebTokenHandler().ReadJsonWebToken(token).Subject));
        }

        using var admin = builder.Build();
        for (var until = DateTime.UtcNow + LongestPatience; ;)
        {
            try
            {
                return Seen(admin.GetMetadata(Patience).Topics.Select(t => t.Topic));
            }
            catch (KafkaException)
            {
                // It tries again and again, and says of each refused login what it was. Of a closed connection it says nothing more.
                if (errors.Contains(ErrorCode.Local_Authentication))
                {
                    return $"refused: {ErrorCode.Local_Authentication}";
                }

                if ((cell.Protocol == "SSL" && !errors.IsEmpty) || DateTime.UtcNow > until)
                {
                    return errors.All(e => e is ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown) ? "refused: closed" : $"refused: {errors.First()}";
                }
            }
        }
    }

    private static async Task<Dictionary<string, string>> JavaAsync(LoginNodes nodes, List<LoginCell> cells)
    {
        var folder = Directory.CreateTempSubdirectory("logins-").FullName;
        foreach (var cell in cells)
        {
            await File.WriteAllLinesAsync(Path.Combine(folder, cell.Name + ".properties"), cell.Java.Select(p => $"{p.Key}={p.Value}"));
        }

        var profiles = Path.Combine(folder, "credentials");
        await File.WriteAllTextAsync(profiles, "[alice]\naws_access_key_id = AKIATESTALICE\naws_secret_access_key = alice-secret\n[wrong]\naws_access_key_id = AKIATESTALICE\naws_secret_access_key = not-the-password\n");
        var run = await RealKafka.RunToolAsync([Path.Combine(AppContext.BaseDirectory, "Logins", "Logins.java"), folder], environment: new Dictionary<string, string>
        {
            ["KAFKA_CLASSPATH"] = Path.Combine(Environment.GetEnvironmentVariable(RealKafka.Variable)!, "lib", "aws-msk-iam", "*"),
            ["KAFKA_OPTS"] = $"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={string.Join(',', cells.Select(c => c.Java.GetValueOrDefault("sasl.oauthbearer.token.endpoint.url")).OfType<string>())}",
            ["AWS_SHARED_CREDENTIALS_FILE"] = profiles,
            ["AWS_REGION"] = "eu-west-1",
        });
        Assert.True(run.ExitCode == 0, run.Text);
        Directory.Delete(folder, recursive: true);
        return run.Output.Split('\n').Select(l => l.Split('\t')).Where(l => l.Length == 2)
            .ToDictionary(l => Path.GetFileNameWithoutExtension(l[0]), l => l[1].Contains("Exception", StringComparison.Ordinal) ? "refused: " + l[1] : Seen(l[1].Split(',')));
    }

    private static string Seen(IEnumerable<string> topics) =>
        topics.Contains(LoginNodes.Physical) ? "passthrough" : topics.Contains(LoginNodes.Lines) ? "logins" : "no topics";
}
