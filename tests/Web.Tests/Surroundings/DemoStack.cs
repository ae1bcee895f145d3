using System.Globalization;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Web.Tests.Surroundings;

/// <summary>
/// Everything as real processes, seeded, as <c>run.sh</c> starts it. <c>WEB_TESTS_RUN_FOLDER</c> names the folder of one that is running already.
/// </summary>
public sealed class DemoStack : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly string _folder;
    private readonly ManagedProcess? _process;
    private IReadOnlyDictionary<string, string> _facts = new Dictionary<string, string>();

    private DemoStack(string folder, ManagedProcess? process) => (_folder, _process) = (folder, process);

    public Uri Web => new(this["WEB_URL"]);

    public Uri Identity => new(this["IDENTITY_URL"]);

    public Uri Platform => new(this["PLATFORM_URL"]);

    public string Logs => Path.Combine(_folder, "logs");

    public string this[string fact] => _facts[fact];

    public static async Task<DemoStack> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("WEB_TESTS_RUN_FOLDER") is { Length: > 0 } running)
        {
            var given = new DemoStack(running, null);
            given.ReadFacts();
            return given;
        }

        var folder = Directory.CreateTempSubdirectory("web-tests-").FullName;
        var process = await ManagedProcess.StartAsync(new ProcessPlan(
            "demo", ["dotnet", Repository.Dll("tests/Demo"), "--new-ports"],
            new Dictionary<string, string> { ["RUN_FOLDER"] = folder, ["KAFKA_BOOTSTRAP_SERVERS"] = "" }, Path.Combine(folder, "terminal.log")));
        var stack = new DemoStack(folder, process);
        await Eventually.TrueAsync("everything is ready", StartLimit, () => Task.FromResult(
            process.HasExited ? throw new StackException($"the demo ended with code {process.ExitCode}: {process.LogTail(20)}") : File.Exists(Path.Combine(folder, "demo.env"))));
        stack.ReadFacts();
        return stack;
    }

    /// <summary>kill -9; it is started again after a while, by what started it.</summary>
    /// <param name="part">Platform, Identity, Gateway or Web.</param>
    public void Kill(string part)
    {
        foreach (var process in Processes(part))
        {
            using (process)
            {
                process.Kill();
            }
        }
    }

    /// <summary>The running processes of a part; never none.</summary>
    /// <param name="part">Platform, Identity, Gateway or Web.</param>
    public IReadOnlyList<System.Diagnostics.Process> Processes(string part)
    {
        var dll = $"PartnerPlatform.{part}.dll";
        var found = Directory.GetDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), CultureInfo.InvariantCulture, out _))
            .Where(p => Read(p, "cmdline").Contains(dll, StringComparison.Ordinal) && Read(p, "environ").Contains(part == "Web" ? _folder : this[$"{part.ToUpperInvariant()}_URL"], StringComparison.Ordinal))
            .Select(p => System.Diagnostics.Process.GetProcessById(int.Parse(Path.GetFileName(p), CultureInfo.InvariantCulture))).ToList();
        Assert.NotEmpty(found);
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await process.StopAsync(TimeSpan.FromSeconds(40), Signal.Interrupt);
            await process.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended in this moment, or is another user's.
            return "";
        }
    }

    private void ReadFacts() => _facts =
        File.ReadAllLines(Path.Combine(_folder, "demo.env")).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
