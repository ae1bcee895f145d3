using System.Globalization;
using System.Runtime.InteropServices;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;
using PartnerPlatform.TestRunner;

if (args.Length > 1)
{
    await Console.Error.WriteLineAsync("usage: ./test.sh [filter]");
    return 2;
}

var filter = args.FirstOrDefault();

using var end = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
var given = Environment.GetEnvironmentVariable(TestPostgres.Variable) is { Length: > 0 };
var folder = Directory.CreateTempSubdirectory("tests-");
// PostgreSQL's own user must get through to its data.
folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
try
{
    await using var postgres = given ? null : await StartPostgresAsync(folder.FullName, end.Token);
    // Processes of tests live for seconds: code that counts itself for the optimiser costs more than it brings, and so does optimising what is not called very often (hexadecimal: 500 times).
    var environment = new Dictionary<string, string> { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_CallCountThreshold"] = "1F4" };
    if (postgres is not null)
    {
        environment[TestPostgres.Variable] = postgres.ConnectionString("postgres");
    }

    return await RunAllAsync(filter, environment, end.Token);
}
catch (StackException failure)
{
    await Console.Error.WriteLineAsync($"test.sh: {failure.Message}");
    return 1;
}
catch (OperationCanceledException) when (end.IsCancellationRequested)
{
    return 130;
}
finally
{
    folder.Delete(recursive: true);
}

static async Task<PostgresServer> StartPostgresAsync(string folder, CancellationToken cancellation)
{
    var plan = new PostgresPlan(Path.Combine(folder, "postgres"), FreePorts.Take(), PrivateFiles.NewSecret(), Path.Combine(folder, "postgres.log"), Durable: false);
    return await PostgresServer.StartAsync(await PostgresInstallation.FindAsync(Console.WriteLine), plan, cancellation);
}

static async Task<int> RunAllAsync(string? filter, Dictionary<string, string> environment, CancellationToken cancellation)
{
    // Who kills things, or clicks, waits now and then for what becomes of it: these run beside each other. Identity's come last beside them, when the others are mostly done: they
    // compare times. Gateway's need the machine for themselves.
    string[] killing = ["EndToEnd.Tests", "Stack.Tests"];
    string[] beside = ["Web.Tests", "Platform.Tests", "Identity.Tests"];
    var projects = TestProject.Discover().ToDictionary(project => project.Name);
    var first = await Task.WhenAll(RunLaneAsync(killing), RunLaneAsync(beside));
    var reports = first.SelectMany(lane => lane).Concat(await RunLaneAsync(projects.Keys.Except([.. killing, .. beside]))).ToList();
    var none = reports.All(report => report is { Passed: 0, Failed.Count: 0, Skipped.Count: 0 });
    if (none)
    {
        Console.WriteLine($"no test matches {filter}");
    }

    Console.WriteLine(Sum(reports));
    return none || reports.Any(report => report.Failed.Count > 0) ? 1 : 0;

    async Task<List<TestReport>> RunLaneAsync(IEnumerable<string> names)
    {
        var done = new List<TestReport>();
        foreach (var project in names.Select(name => projects[name]))
        {
            var start = TimeProvider.System.GetTimestamp();
            var report = await project.RunAsync(filter, environment, cancellation);
            Console.WriteLine(Told(project.Name, report, TimeProvider.System.GetElapsedTime(start)));
            done.Add(report);
        }

        return done;
    }
}

static string Told(string project, TestReport report, TimeSpan time) => string.Join('\n',
[
    string.Create(CultureInfo.InvariantCulture, $"{project}: {Sum([report])} ({time.TotalSeconds:0} s)"),
    .. report.Skipped.Select(skipped => $"  skipped {skipped.Test}: {skipped.Text}"),
    .. report.Failed.Select(failed => $"  FAILED {failed.Test}\n    {failed.Text.ReplaceLineEndings("\n    ")}"),
]);

static string Sum(IReadOnlyCollection<TestReport> reports) =>
    $"{reports.Sum(report => report.Passed)} passed, {reports.Sum(report => report.Failed.Count)} failed, {reports.Sum(report => report.Skipped.Count)} skipped";

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    end.Cancel();
}
