using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace PartnerPlatform.Web.Connect;

/// <summary>
/// Client configurations from the templates in <c>Snippets/</c>: <c>{{name}}</c> is a fact, lines between <c>{{#read}}</c>, <c>{{#write}}</c> or
/// <c>{{#tls}}</c> and its end belong to that example, or to TLS, only.
/// </summary>
public sealed partial class Snippets
{
    public static readonly IReadOnlyList<ClientLanguage> Languages =
    [
        new("java", "Java", "Example.java", "With kafka-clients and an slf4j binding in libs/: java -cp 'libs/*' Example.java"),
        new("spring", "Spring", "application.yml", "Spring Boot with spring-kafka."),
        new("dotnet", ".NET", "Program.cs", "dotnet new console, dotnet add package Confluent.Kafka, dotnet run"),
        new("python", "Python", "example.py", "pip install confluent-kafka, then: python3 example.py"),
        new("go", "Go", "main.go", "go mod init example, go get github.com/twmb/franz-go/pkg/kgo, go run ."),
        new("node", "Node", "example.mjs", "npm install kafkajs, then: node example.mjs"),
        new("kcat", "kcat", "client.kcat", "kcat -F client.kcat -L lists the topics. OAuth needs a librdkafka built with libcurl, which some distributions' is not."),
    ];

    public static readonly IReadOnlyList<LoginMethod> Methods = [new("token", "Token"), new("oauth", "OAuth")];

    private readonly FrozenDictionary<string, string> _templates = typeof(Snippets).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("Snippets/", StringComparison.Ordinal))
        .ToFrozenDictionary(name => name["Snippets/".Length..], Read, StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A template names a fact that does not exist.</exception>
    public string Render(ClientLanguage language, LoginMethod method, SnippetFacts facts)
    {
        var text = Section().Replace(_templates[$"{language.Key}.{method.Key}.txt"], match => Wanted(match.Groups["name"].Value, facts) ? match.Groups["lines"].Value : "");
        return Place().Replace(text, match => Fact(match.Groups["name"].Value, facts));
    }

    private static bool Wanted(string section, SnippetFacts facts) => section switch
    {
        "read" => !facts.Writes,
        "write" => facts.Writes,
        _ => facts.Tls,
    };

    private static string Fact(string name, SnippetFacts facts) => name switch
    {
        "bootstrapServers" => facts.BootstrapServers,
        "bootstrapServersQuoted" => string.Join(", ", facts.BootstrapServers.Split(',').Select(s => $"\"{s}\"")),
        "securityProtocol" => facts.SecurityProtocol,
        "securityProtocolPascal" => facts.Tls ? "SaslSsl" : "SaslPlaintext",
        "tls" => facts.Tls ? "true" : "false",
        "account" => facts.Account,
        "password" => facts.Password,
        "clientId" => facts.ClientId,
        "clientSecret" => facts.ClientSecret,
        "tokenEndpoint" => facts.TokenEndpoint,
        "topic" => facts.Topic,
        "group" => $"{facts.Account}-readers",
        _ => throw new ArgumentException($"A template asks for '{name}'.", nameof(name)),
    };

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(Snippets).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"^\{\{#(?<name>read|write|tls)\}\}\n(?<lines>.*?)^\{\{/\k<name>\}\}\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}")]
    private static partial Regex Place();
}
