using System.Globalization;
using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Authorization.Equivalence;
using PartnerPlatform.Gateway.Tests.Surroundings;
using PartnerPlatform.Stack.Kafka;

namespace PartnerPlatform.Gateway.Tests.Authorization;

/// <summary>
/// The same ACL bindings, principals and requests for a real broker with its authorizer and for the gateway: the answers must be equal, apart from
/// <see cref="DeliberateDifferences"/>. All is made from seeds. EQUIVALENCE_WORLDS (default 1) says how many worlds of bindings are asked, EQUIVALENCE_SEED
/// (default 0) which is the first, EQUIVALENCE_KAFKA which version of Kafka answers: EQUIVALENCE_WORLDS=300 ./test.sh EquivalenceTests.
/// </summary>
public class EquivalenceTests(ITestOutputHelper output)
{
    private const int ShownOfAnApi = 3;

    /// <summary>A little more than GATEWAY_METADATA_INTERVAL.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1200);

    /// <summary>APIs of the rights table that have no authorisation to compare.</summary>
    private static readonly ApiKey[] WithoutRights = [ApiKey.SaslHandshake, ApiKey.SaslAuthenticate, ApiKey.ApiVersions];

    [Fact]
    public void Every_API_that_is_offered_is_asked() => Assert.Equal(ApiRights.Table.Keys.Except(WithoutRights).Order(), Question.Apis.Order());

    [Theory]
    [InlineData("4.3.1", 1)]
    [InlineData("3.9.2", 1)]
    public async Task The_gateway_answers_as_a_broker_with_the_same_ACLs_does(string version, int number)
    {
        Assert.SkipWhen(RealKafka.SkipReason is not null, RealKafka.SkipReason ?? "");
        var first = Setting("EQUIVALENCE_SEED", 0);
        var worlds = Enumerable.Range(first, Setting("EQUIVALENCE_WORLDS", number)).Select(World.Of).ToList();
        version = Environment.GetEnvironmentVariable("EQUIVALENCE_KAFKA") ?? version;
        worlds.ForEach(w => w.IsOfOldBrokers = version.StartsWith("3.", StringComparison.Ordinal));
        await using var oracle = await Oracle.StartAsync(worlds, version);
        var differences = new Differences();
        foreach (var world in worlds)
        {
            var (broker, gateway) = await oracle.EnterAsync(world);
            await using var closeBroker = broker;
            await using var closeGateway = gateway;
            foreach (var question in Question.Of(world, oracle.Offered, repeats: 2))
            {
                var (expected, actual) = (await AskAsync(question, broker), await AskAsync(question, gateway));
                if (expected != actual && question.MayBeAskedAgain)
                {
                    await Task.Delay(Delay);
                    (expected, actual) = (await AskAsync(question, broker), await AskAsync(question, gateway));
                }

                differences.Add(question, broker, expected, actual);
            }
        }

        output.WriteLine(differences.Summary);
        Assert.True(differences.Count == 0, differences.Text);
        Assert.DoesNotContain("fail:", oracle.GatewayLog, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(Question question, Side side)
    {
        Node? answer;
        try
        {
            answer = await side.AskAsync(question.User, question.Api, question.Version, question.For(side));
        }
        catch (Exception e) when (e is TimeoutException or InvalidFrameException)
        {
            return e.Message;
        }

        return new Answers(side, question.World).Text(question.Api, question.Version, DeliberateDifferences.Even(question.Api, answer, question.World.IsOfOldBrokers));
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>What was asked, and where the two did not agree.</summary>
    private sealed class Differences
    {
        private readonly Dictionary<ApiKey, int> _differing = [];
        private readonly HashSet<(ApiKey Api, short Version)> _asked = [];
        private readonly StringBuilder _text = new();
        private int _questions;

        public int Count => _differing.Values.Sum();

        public string Summary => $"{_questions} questions about {_asked.Select(a => a.Api).Distinct().Count()} APIs in {_asked.Count} versions; {Count} answers differ: {string.Join(", ", _differing.Select(d => $"{d.Key} {d.Value}"))}";

        public void Add(Question question, Side broker, string expected, string actual)
        {
            _questions++;
            _asked.Add((question.Api, question.Version));
            if (expected == actual)
            {
                return;
            }

            var count = _differing[question.Api] = _differing.GetValueOrDefault(question.Api) + 1;
            if (count <= ShownOfAnApi)
            {
                _text.Append(CultureInfo.InvariantCulture, $"\n{question}, in {question.World}\nrequest\n{new Answers(broker, question.World).Request(question.Api, question.Version, question.For(broker))}")
                    .Append(CultureInfo.InvariantCulture, $"the broker says\n{expected}\nthe gateway says\n{actual}\n");
            }
        }

        public string Text => Summary + _text;
    }
}
