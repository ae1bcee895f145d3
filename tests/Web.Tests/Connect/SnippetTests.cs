using PartnerPlatform.Web.Connect;

namespace PartnerPlatform.Web.Tests.Connect;

public class SnippetTests
{
    [Fact]
    public void Every_language_and_method_has_a_whole_configuration_for_reading_and_for_writing()
    {
        var snippets = new Snippets();
        foreach (var language in Snippets.Languages)
        {
            foreach (var method in Snippets.Methods)
            {
                foreach (var writes in new[] { false, true })
                {
                    var text = snippets.Render(language, method, new(
                        "gw-1:6969,gw-2:6969", "SASL_SSL", "the-account", "the-password", "the-client", "the-secret", "https://identity/connect/token", "the-topic", writes));
                    var what = $"{language.Key} {method.Key} {(writes ? "write" : "read")}\n{text}";
                    Assert.False(text.Contains("{{", StringComparison.Ordinal) && text.Contains("}}", StringComparison.Ordinal) && text.Contains("{{#", StringComparison.Ordinal), what);
                    Assert.True(text.Contains("gw-1:6969", StringComparison.Ordinal), what);
                    Assert.True(text.Contains("the-topic", StringComparison.Ordinal), what);
                    Assert.True(text.Contains(method.Key == "oauth" ? "the-secret" : "the-password", StringComparison.Ordinal), what);
                    Assert.False(text.Contains(method.Key == "oauth" ? "the-password" : "the-secret", StringComparison.Ordinal), what);
                }
            }
        }
    }

    [Fact]
    public void Every_language_speaks_TLS_where_the_nodes_do_and_only_there()
    {
        var snippets = new Snippets();
        var signs = new Dictionary<string, string> { ["dotnet"] = "SaslSsl", ["go"] = "kgo.DialTLS()", ["node"] = "ssl: true" };
        foreach (var language in Snippets.Languages)
        {
            foreach (var method in Snippets.Methods)
            {
                Assert.Contains(signs.GetValueOrDefault(language.Key, "SASL_SSL"), Render("SASL_SSL"), StringComparison.Ordinal);
                Assert.DoesNotContain(signs.GetValueOrDefault(language.Key, "SASL_SSL"), Render("SASL_PLAINTEXT"), StringComparison.Ordinal);

                string Render(string protocol) => snippets.Render(language, method, new("gw:6969", protocol, "account", "password", "client", "secret", "https://identity/connect/token", "topic", false));
            }
        }
    }
}
