using System.Diagnostics;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Tests;

public sealed class ManagedProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("processes-").FullName;

    [Fact]
    public async Task Id_is_the_program_s_own_and_output_goes_to_the_log()
    {
        await using var process = await StartAsync("sh", "-c", "echo $$; sleep 60");

        await UntilAsync(() => process.LogTail().Length > 0);

        Assert.Equal(process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), process.LogTail());
    }

    [Fact]
    public async Task Process_that_ignores_the_request_to_stop_is_killed()
    {
        await using var process = await StartAsync("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done");
        await UntilAsync(() => process.LogTail().Length > 0);

        Assert.False(await process.StopAsync(TimeSpan.FromMilliseconds(300)));

        Assert.Equal(128 + (int)Signal.Kill, process.ExitCode);
    }

    [Fact]
    public async Task Process_outlives_the_pool_thread_that_asked_for_it()
    {
        ManagedProcess? process = null;
        // A thread that ends right after the start: were it the parent, the child would get the parent-death signal now.
        var thread = new Thread(() => process = StartAsync("sleep", "60").GetAwaiter().GetResult());
        thread.Start();
        thread.Join();

        await using (process)
        {
            await Task.Delay(300);
            Assert.False(process!.HasExited);
        }
    }

    [Fact]
    public async Task Process_dies_with_its_parent_however_that_dies()
    {
        // The same line that ManagedProcess uses, below a parent that is killed.
        using var parent = Process.Start(new ProcessStartInfo("sh", ["-c", "setsid setpriv --pdeathsig KILL -- sleep 61 & echo $!; wait"]) { RedirectStandardOutput = true })!;
        var child = int.Parse((await parent.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        await UntilAsync(() => CommandOf(child) == "sleep 61");

        parent.Kill();

        await UntilAsync(() => CommandOf(child) != "sleep 61");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Empty when it has died, also while nobody has asked how.</summary>
    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ').Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private Task<ManagedProcess> StartAsync(params string[] command) =>
        ManagedProcess.StartAsync(new ProcessPlan("test", command, new Dictionary<string, string>(), Path.Combine(_folder, $"{Guid.NewGuid()}.log")));
}
