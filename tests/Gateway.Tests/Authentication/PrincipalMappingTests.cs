using System.Text.Json;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Tests.Authentication;

/// <summary>Kafka's own mapper made the cases: <c>Data/kafka-principal-names.jsonl</c>.</summary>
public class PrincipalMappingTests
{
    [Fact]
    public void Rules_make_of_every_subject_what_Kafka_makes_of_it()
    {
        var cases = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "kafka-principal-names.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(184, cases.Count);
        var wrong = new List<string>();
        foreach (var one in cases)
        {
            var rules = one.GetProperty("rules").GetString()!;
            if (!one.TryGetProperty("subject", out var subject))
            {
                Assert.Throws<InvalidSettingException>(() => PrincipalMapping.Parse("RULES", rules));
                continue;
            }

            var expected = one.TryGetProperty("name", out var name) ? name.GetString() : null;
            var actual = PrincipalMapping.Parse("RULES", rules).NameOf(subject.GetString()!);
            if (actual != expected)
            {
                wrong.Add($"{rules} of {subject}: {actual ?? "(none)"}, not {expected ?? "(none)"}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("RULE:^CN=(.*$/$1/", "is not a regular expression")]
    [InlineData("DEFAULT DEFAULT", "behind the end of a rule")]
    [InlineData("RULE:a/b", "is not RULE:pattern/replacement/")]
    [InlineData("default", "is neither DEFAULT nor begins with RULE:")]
    public void Wrong_rules_are_refused_with_what_is_wrong(string rules, string what)
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => PrincipalMapping.Parse("GATEWAY_SSL_PRINCIPAL_MAPPING_RULES", rules));
        Assert.StartsWith("GATEWAY_SSL_PRINCIPAL_MAPPING_RULES: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_takes_too_long_matches_nothing() =>
        Assert.Null(PrincipalMapping.Parse("RULES", "RULE:^CN=(a+)+$/$1/").NameOf("CN=" + new string('a', 60) + "!"));
}
