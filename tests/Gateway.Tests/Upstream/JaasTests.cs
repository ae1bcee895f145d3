using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>JAAS strings as Kafka's clients read them.</summary>
public class JaasTests
{
    [Theory]
    [InlineData("""a.B required user="alice" password='x';""", "user=alice|password=x")]
    [InlineData("""a.B REQUIRED;""", "")]
    [InlineData("""  a.B optional  k = v ; """, "k=v")]
    [InlineData("""a.B required password="a\"b\\c;d=e\n";""", "password=a\"b\\c;d=e\n")]
    [InlineData("""a.B required password='it\'s "quoted"';""", "password=it's \"quoted\"")]
    [InlineData("""a.B required password="\101\60\3777";""", "password=A0\u00ff7")]
    [InlineData("""a.B required password="/* no */ // comment";""", "password=/* no */ // comment")]
    [InlineData("a.B required /* why */ k=v // more\n l=w;", "k=v|l=w")]
    [InlineData("""a.B required k=v1-2.3_$x;""", "k=v1-2.3_$x")]
    [InlineData("""a.B required "quoted key"=v;""", "quoted key=v")]
    [InlineData("""a.B required k=first k=second;""", "k=second")]
    [InlineData("""a.B required k="" l="ä€";""", "k=|l=ä€")]
    [InlineData("a.B required\n  k=v\n  l=w\n;\n", "k=v|l=w")]
    public void Good_ones_are_read(string text, string options)
    {
        var jaas = JaasConfig.Parse(text);
        Assert.Equal(("a.B", "B"), (jaas.Module, jaas.SimpleName));
        Assert.Equal(options, string.Join('|', jaas.Options.Select(o => $"{o.Key}={o.Value}")));
    }

    [Theory]
    [InlineData("", "no login module")]
    [InlineData("a.B", "behind the login module")]
    [InlineData("a.B needed k=v;", "behind the login module")]
    [InlineData("a.B required k=v", "semicolon")]
    [InlineData("a.B required", "semicolon")]
    [InlineData("a.B required password=secret1 ;; ", "goes on")]
    [InlineData("a.B required k=v; c.D required k=v;", "goes on")]
    [InlineData("a.B required k=;", "option 1")]
    [InlineData("a.B required k=v l;", "option 2")]
    [InlineData("a.B required k=12345;", "must be quoted")]
    [InlineData("a.B required password=p@ssword;", "option 2")]
    [InlineData("a.B required password=secret/path;", "semicolon")]
    [InlineData("a.B required password=\"secret\nrest\";", "option 2")]
    public void Bad_ones_are_refused_without_being_quoted(string text, string reason)
    {
        var message = Assert.Throws<InvalidJaasException>(() => JaasConfig.Parse(text)).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
        Assert.DoesNotContain("ssword", message, StringComparison.Ordinal);
    }
}
