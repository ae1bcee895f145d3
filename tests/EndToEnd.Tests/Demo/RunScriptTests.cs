using System.Globalization;
using System.Text.RegularExpressions;
using PartnerPlatform.EndToEnd.Tests.Surroundings;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.EndToEnd.Tests.Demo;

public sealed partial class RunScriptTests : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(150);

    private readonly string _folder = Directory.CreateTempSubdirectory("run-sh-").FullName;

    private string Log => Path.Combine(_folder, "terminal.log");

    [Fact]
    public async Task Run_sh_starts_everything_serves_kcat_stops_at_Ctrl_C_without_leaving_a_process_and_goes_on_with_the_same_data()
    {
        Assert.SkipWhen(Commands.Find("kcat") is null, "kcat is not installed");

        var first = await StartAsync();
        var facts = Facts();
        Assert.Equal(["orders", "returns"], await TopicsAsync("acme"));
        Assert.Equal(["orders"], await TopicsAsync("globex"));
        var read = await KcatAsync("-F", Client("acme"), "-C", "-t", "orders", "-o", "beginning", "-c", "3", "-q");
        Assert.Equal(3, read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.StartsWith("{\"orderId\":\"SO-", StringComparison.Ordinal)));
        var record = Path.Combine(_folder, "record");
        await File.WriteAllTextAsync(record, "{}");
        Assert.Equal(0, (await KcatAsync("-F", Client("acme"), "-P", "-t", "returns", record)).ExitCode);
        var refused = await KcatAsync("-F", Client("acme"), "-P", "-t", "orders", record);
        Assert.Contains("Topic authorization failed", refused.Text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "demo.env")));
        await InterruptAsync(first);

        var second = await StartAsync();
        Assert.Equal(facts["ACME_SASL_PASSWORD"], Facts()["ACME_SASL_PASSWORD"]);
        Assert.Equal(facts["BOOTSTRAP"], Facts()["BOOTSTRAP"]);
        Assert.Equal(["orders", "returns"], await TopicsAsync("acme"));
        await InterruptAsync(second);
    }

    [Fact]
    public async Task Reset_empties_no_folder_that_is_not_the_demo_s()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "somebody-s"), "work");
        await using var process = await ManagedProcess.StartAsync(new ProcessPlan("demo", ["dotnet", Repository.Dll("tests/Demo"), "--reset"], new Dictionary<string, string> { ["RUN_FOLDER"] = _folder }, Log));
        await Eventually.TrueAsync("the demo has ended", StartLimit, () => process.HasExited);
        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains("--reset does not empty it", process.LogTail(5), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "somebody-s")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<ManagedProcess> StartAsync()
    {
        var process = await ManagedProcess.StartAsync(new ProcessPlan(
            "run.sh", [Path.Combine(Repository.Root, "run.sh")], new Dictionary<string, string> { ["RUN_FOLDER"] = _folder, ["KAFKA_BOOTSTRAP_SERVERS"] = "" }, Log));
        await Eventually.TrueAsync("run.sh is ready", StartLimit, () =>
            process.HasExited ? throw new StackException($"run.sh ended with code {process.ExitCode}: {process.LogTail(20)}") : Ready().IsMatch(process.LogTail(3)));
        Assert.True(File.Exists(Path.Combine(_folder, "demo.env")));
        var seconds = double.Parse(Ready().Match(process.LogTail(3)).Groups[1].Value, CultureInfo.InvariantCulture);
        Measures.Report.Say($"run.sh to ready: {seconds:0.0} s");
        return process;
    }

    private async Task InterruptAsync(ManagedProcess process)
    {
        Assert.True(await process.StopAsync(TimeSpan.FromSeconds(40), Signal.Interrupt), $"run.sh does not end at Ctrl-C: {process.LogTail(20)}");
        Assert.Equal(0, process.ExitCode);
        await process.DisposeAsync();
        Assert.Empty(Left());
        Assert.False(File.Exists(Path.Combine(_folder, "demo.env")));
    }

    /// <summary>Processes that know the folder, by their command line or environment.</summary>
    private IEnumerable<string> Left() => Directory.GetDirectories("/proc")
        .Where(process => int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId)
        .Select(process => Read(Path.Combine(process, "cmdline")) + Read(Path.Combine(process, "environ")))
        .Where(text => text.Contains(_folder, StringComparison.Ordinal));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended in this moment, or is another user's.
            return "";
        }
    }

    private string Client(string partner) => Path.Combine(_folder, $"{partner}.kcat");

    private Dictionary<string, string> Facts() =>
        File.ReadAllLines(Path.Combine(_folder, "demo.env")).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private async Task<IReadOnlyList<string>> TopicsAsync(string partner) =>
        [.. Topic().Matches((await KcatAsync("-F", Client(partner), "-L")).Output).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    private static async Task<CommandResult> KcatAsync(params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await Commands.RunAsync("kcat", arguments, null, limit.Token);
    }

    [GeneratedRegex(@"Ready after ([0-9.]+) s\.")]
    private static partial Regex Ready();

    [GeneratedRegex("topic \"([^\"]+)\"")]
    private static partial Regex Topic();
}
