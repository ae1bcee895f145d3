using System.Text.RegularExpressions;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Kafka;

public enum KafkaNodeAction
{
    Kill,
    Stop,
    Start,
    Pause,
    Resume,
}

/// <summary>
/// A cluster of real Apache Kafka, run by the script <c>kafka</c> in the folder that <c>KAFKA_HOME</c> names. Tests that need one are skipped
/// with <see cref="SkipReason"/> where it is unset. Its nodes are not our children: dispose it, also when a test fails.
/// </summary>
public sealed partial class RealKafka : IAsyncDisposable
{
    public const string Variable = "KAFKA_HOME";

    private const string JavaOptions = "JAVA_TOOL_OPTIONS";

    /// <summary>Brokers and tools live for minutes at most: the optimising compiler would cost more processor time than it saves.</summary>
    private const string QuickStart = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private readonly string _folder;
    private readonly int _nodes;
    private readonly SharedClasses? _written;

    private RealKafka(string folder, int nodes, IReadOnlyDictionary<string, string> environment, SharedClasses? written)
    {
        (_folder, _nodes, _written) = (folder, nodes, written);
        Environment = environment;
    }

    /// <summary>Null: a real Kafka can be started.</summary>
    public static string? SkipReason { get; } = FindScript() is null ? $"{Variable} is not set: needs a real Apache Kafka" : null;

    /// <summary>What <c>kafka start</c> printed: a bootstrap list for each listener, and paths.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public string Plaintext => Environment["KAFKA_PLAINTEXT"];

    /// <param name="nodes">1 or 3.</param>
    /// <param name="options">More arguments of <c>kafka start</c>.</param>
    public static async Task<RealKafka> StartAsync(int nodes = 1, IEnumerable<string>? options = null, CancellationToken cancellation = default)
    {
        // The script wants a folder that is not there yet.
        var folder = Path.Combine(Path.GetTempPath(), $"kafka-{Path.GetRandomFileName()}");
        string[] given = [.. options ?? []];
        string[] arguments = ["start", folder, "--nodes", nodes.ToString(System.Globalization.CultureInfo.InvariantCulture), .. given];
        var classes = new SharedClasses(Script, Array.IndexOf(given, "--version") is >= 0 and var at ? given[at + 1] : null);
        var writes = !classes.Exist && nodes == 1;
        var environment = new Dictionary<string, string> { ["KAFKA_TIER"] = "1", [JavaOptions] = $"{QuickStart} {(writes ? classes.Write : classes.Use)}" };
        try
        {
            var started = await Commands.RunAsync(Script, arguments, environment, cancellation);
            if (started.ExitCode != 0)
            {
                // The script picks its ports by chance: now and then one of them twice, or one that another process takes before the broker does.
                await RemoveAsync(folder);
                started = await Commands.RunAsync(Script, arguments, environment, cancellation);
            }

            return started.ExitCode == 0
                ? new RealKafka(folder, nodes, ReadEnvironment(await RequireAsync("env", folder)), writes ? classes : null)
                : throw new StackException($"kafka start ended with code {started.ExitCode}: {started.Text}");
        }
        catch
        {
            await RemoveAsync(folder);
            throw;
        }
    }

    /// <summary>Does something to one node.</summary>
    /// <param name="node">From 1.</param>
    public Task NodeAsync(int node, KafkaNodeAction action) =>
        RequireAsync("node", _folder, node.ToString(System.Globalization.CultureInfo.InvariantCulture), action.ToString().ToLowerInvariant());

    /// <summary>Stops a node and starts it again, with its data, as another version.</summary>
    /// <param name="node">From 1.</param>
    public async Task UpgradeAsync(int node, string version)
    {
        var folder = Path.Combine(_folder, $"node{node}");
        var process = (await File.ReadAllTextAsync(Path.Combine(folder, "pid"))).Trim();
        await NodeAsync(node, KafkaNodeAction.Stop);
        for (var i = 0; i < 600 && Directory.Exists($"/proc/{process}"); i++)
        {
            await Task.Delay(100);
        }

        var run = Path.Combine(folder, "run");
        var jars = (await RequireAsync("classpath", version)).Trim();
        await File.WriteAllTextAsync(run, ClassPath().Replace(await File.ReadAllTextAsync(run), $"-cp '{jars}'"));
        await NodeAsync(node, KafkaNodeAction.Start);
    }

    /// <summary>Runs one of Kafka's own tools, for example <c>topics --bootstrap-server ... --list</c>.</summary>
    /// <param name="version">Null = the default version.</param>
    public static Task<CommandResult> RunToolAsync(
        IEnumerable<string> toolAndArguments, string? version = null, IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancellation = default) =>
        Commands.RunAsync(Script, ["run", .. version is null ? [] : (string[])["--version", version], .. toolAndArguments], OfTool(environment, version), cancellation);

    /// <summary>Starts one of Kafka's own tools; what it says goes to a file.</summary>
    public static Task<ManagedProcess> StartToolAsync(IReadOnlyList<string> toolAndArguments, string logFile, IReadOnlyDictionary<string, string>? environment = null) =>
        ManagedProcess.StartAsync(new ProcessPlan(toolAndArguments[0], [Script, "run", .. toolAndArguments], OfTool(environment, null), logFile));

    public async ValueTask DisposeAsync()
    {
        if (_written is null)
        {
            // Nobody wants its data any more: it need not put it in order. A node that a test has killed cannot be killed again.
            for (var node = 1; node <= _nodes; node++)
            {
                await Commands.RunAsync(Script, "node", _folder, $"{node}", "kill");
            }
        }

        await RemoveAsync(_folder);
        _written?.Written();
    }

    private static string Script => FindScript() ?? throw new StackException(SkipReason!);

    private static string? FindScript() =>
        System.Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home && Path.Combine(home, "kafka") is var script && File.Exists(script)
            ? Path.GetFullPath(script)
            : null;

    private static Dictionary<string, string> OfTool(IReadOnlyDictionary<string, string>? environment, string? version) =>
        new(environment ?? new Dictionary<string, string>()) { [JavaOptions] = $"{QuickStart} {new SharedClasses(Script, version).Use}" };

    [GeneratedRegex("-cp '[^']*'")]
    private static partial Regex ClassPath();

    private static Task<string> RequireAsync(params string[] arguments) => Commands.RequireAsync(Script, arguments);

    private static async Task RemoveAsync(string folder)
    {
        if (Directory.Exists(folder))
        {
            await RequireAsync("stop", folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Dictionary<string, string> ReadEnvironment(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..] : line)
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim().Trim('\'', '"'));
}
