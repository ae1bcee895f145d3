using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Web.Configuration;

namespace PartnerPlatform.Web.Tests.Configuration;

public class WebOptionsTests
{
    [Fact]
    public void What_is_missing_is_named_all_at_once()
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => Read());
        foreach (var name in new[] { "WEB_LISTEN", "WEB_PUBLIC_URL", "WEB_IDENTITY_URL", "WEB_PLATFORM_URL", "WEB_CLIENT_SECRET_FILE", "WEB_STATE_DIR" })
        {
            Assert.Contains($"{name} is missing", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("WEB_PUBLIC_URL")]
    [InlineData("WEB_IDENTITY_URL")]
    [InlineData("WEB_PLATFORM_URL")]
    public void Plain_http_is_for_loopback_only(string name) =>
        Assert.Contains($"{name} is 'http://portal.example/': an absolute https URL", Assert.Throws<InvalidSettingException>(() => Read((name, "http://portal.example/"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_secret_file_that_is_not_there_is_named() =>
        Assert.Contains("WEB_CLIENT_SECRET_FILE is '/nowhere': there is no such file", Assert.Throws<InvalidSettingException>(() => Read(("WEB_CLIENT_SECRET_FILE", "/nowhere"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_certificate_that_is_not_there_is_named() =>
        Assert.Contains(
            "Kestrel__Certificates__Default__Path is '/nowhere': there is no such file", Assert.Throws<InvalidSettingException>(() => Read(("Kestrel:Certificates:Default:Path", "/nowhere"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_path_without_a_final_slash_is_kept()
    {
        var secret = Path.GetTempFileName();
        var options = Read(
            ("WEB_LISTEN", "127.0.0.1:0"), ("WEB_PUBLIC_URL", "https://portal.example"), ("WEB_IDENTITY_URL", "https://example/identity"), ("WEB_PLATFORM_URL", "https://example/platform"),
            ("WEB_CLIENT_SECRET_FILE", secret), ("WEB_STATE_DIR", "state"));
        File.Delete(secret);
        Assert.Equal("https://example/platform/graphql", new Uri(options.Platform, "graphql").AbsoluteUri);
        Assert.Equal("https://example/identity/connect/token", new Uri(options.Identity, "connect/token").AbsoluteUri);
    }

    private static WebOptions Read(params (string Name, string Value)[] settings) =>
        WebOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build());
}
