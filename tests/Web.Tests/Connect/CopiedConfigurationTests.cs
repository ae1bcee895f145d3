using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Web.Tests.Connect;

/// <summary>What Connect shows is copied as it stands, with the secret in its place, and run.</summary>
public sealed class CopiedConfigurationTests(PortalFixture portal) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("copied-").FullName;

    [Theory]
    [InlineData("kcat", "token")]
    [InlineData("kcat", "oauth")]
    [InlineData("python", "token")]
    [InlineData("python", "oauth")]
    [InlineData("dotnet", "token")]
    [InlineData("dotnet", "oauth")]
    [InlineData("java", "token")]
    [InlineData("java", "oauth")]
    public async Task A_copied_configuration_reads_the_shared_topic(string language, string method)
    {
        var window = await portal.KeptAsync("ACME", $"/connect?language={language}&method={method}&application=acme-app&topic=orders", 1280);
        await window.ShownAsync();
        await window.Button("Copy").ClickAsync();
        await window.SeesAsync("Copied");
        var copied = await window.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        // A group of its own: the embedded Kafka lets a newcomer to a group whose member was killed wait for up to 45 s.
        var text = copied
            .Replace("acme-app-readers", $"acme-app-readers-{Guid.NewGuid():N}", StringComparison.Ordinal)
            .Replace("PASTE-THE-TOKEN-HERE", portal.Stack["ACME_SASL_PASSWORD"], StringComparison.Ordinal)
            .Replace("PASTE-THE-CLIENT-SECRET-HERE", portal.Stack["ACME_CLIENT_SECRET"], StringComparison.Ordinal);
        Assert.NotEqual(copied, text);
        var (command, environment) = language switch
        {
            "kcat" => (Kcat(text), Librdkafka(method)),
            "python" => (Python(text), []),
            "dotnet" => (await DotNetAsync(text), []),
            _ => (Java(text), []),
        };
        var log = Path.Combine(_folder, "output");
        await using var client = await ManagedProcess.StartAsync(new ProcessPlan(language, command, environment, log));
        await Eventually.TrueAsync($"{language} with {method} reads a record\n{copied}", Limit, () =>
            Task.FromResult(client.LogTail(50).Contains("\"orderId\":\"SO-", StringComparison.Ordinal) || (client.HasExited && Fail<bool>($"{language} ended with code {client.ExitCode}: {client.LogTail(30)}"))));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static T Fail<T>(string why)
    {
        Assert.Fail(why);
        return default!;
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private string[] Kcat(string text)
    {
        Assert.SkipWhen(Commands.Find("kcat") is null, "kcat is not installed");
        return ["kcat", "-F", Write("client.kcat", text), "-C", "-t", "orders", "-o", "beginning", "-c", "3"];
    }

    private string[] Python(string text)
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/confluent_kafka"), "python3-confluent-kafka is not installed");
        return ["/usr/bin/python3", Write("example.py", text)];
    }

    /// <summary>Built, then run: "dotnet run" would leave the program behind when it is killed.</summary>
    private async Task<string[]> DotNetAsync(string text)
    {
        var output = Path.Combine(_folder, "out");
        await Commands.RequireAsync("dotnet", "build", Write("Program.cs", "#:package Confluent.Kafka@2.16.0\n" + text), "-o", output);
        return ["dotnet", Path.Combine(output, "Program.dll")];
    }

    private string[] Java(string text)
    {
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        Assert.SkipWhen(string.IsNullOrEmpty(home) || Commands.Find("javac") is null, "needs a JDK, and KAFKA_HOME with Kafka's libraries");
        return ["java", "-cp", $"{home}/lib/4.4.0/*:{home}/lib/common/*", Write("Example.java", text)];
    }

    /// <summary>Debian's librdkafka has no OIDC; the one that comes with the .NET client does.</summary>
    private Dictionary<string, string> Librdkafka(string method)
    {
        if (method == "token")
        {
            return [];
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "librdkafka.so.1"), Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/centos8-librdkafka.so"));
        return new() { ["LD_LIBRARY_PATH"] = _folder };
    }
}
