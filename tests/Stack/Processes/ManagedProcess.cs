using System.Diagnostics;

namespace PartnerPlatform.Stack.Processes;

/// <summary>How to start a process.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Command">Program and arguments; never a secret, since every user of the machine can list them.</param>
/// <param name="Environment">Added to this process' own.</param>
/// <param name="LogFile">Gets standard output and error, appended.</param>
/// <param name="RunAs">Other user, when this process is root; null = the same user.</param>
/// <param name="OnParentDeath">What the process gets when this one dies, however it dies.</param>
public sealed record ProcessPlan(
    string Name,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    string LogFile,
    string? RunAs = null,
    Signal OnParentDeath = Signal.Kill);

/// <summary>A child process in a session of its own (Ctrl-C in the terminal does not reach it) that cannot outlive this process.</summary>
public sealed class ManagedProcess : IAsyncDisposable
{
    // The log is opened before the user changes: the other user needs no right to its folder.
    private const string OpenLog = "umask 077; log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1";

    private readonly Process _process;
    private readonly string _logFile;
    private readonly long _logStart;

    private ManagedProcess(string name, Process process, string logFile, long logStart)
    {
        Name = name;
        _process = process;
        _logFile = logFile;
        _logStart = logStart;
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Only once it has exited; above 128: ended by signal (code - 128).</summary>
    public int ExitCode => _process.ExitCode;

    public static async Task<ManagedProcess> StartAsync(ProcessPlan plan)
    {
        // setsid and setpriv replace themselves by the next program, so the id is the program's own.
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false };
        Append(start, "sh", "-c", OpenLog, "sh", plan.LogFile, "setpriv", "--pdeathsig", SetprivName(plan.OnParentDeath));
        if (plan.RunAs is { } user)
        {
            Append(start, "--reuid", user, "--regid", user, "--init-groups");
        }

        Append(start, "--");
        Append(start, [.. plan.Command]);
        foreach (var (key, value) in plan.Environment)
        {
            start.Environment[key] = value;
        }

        var log = new FileInfo(plan.LogFile);
        PrivateFiles.CreateFolder(log.DirectoryName!);
        var logStart = log.Exists ? log.Length : 0;
        return new ManagedProcess(plan.Name, await Spawner.StartAsync(start), plan.LogFile, logStart);
    }

    public Task WaitForExitAsync(CancellationToken cancellation = default) => _process.WaitForExitAsync(cancellation);

    public void Send(Signal signal)
    {
        if (!_process.HasExited)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    /// <summary>kill -9, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks, waits, then kills. True: it went by itself.</summary>
    public async Task<bool> StopAsync(TimeSpan grace, Signal signal = Signal.Terminate)
    {
        Send(signal);
        using var patience = new CancellationTokenSource(grace);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            return false;
        }
    }

    /// <summary>The last lines that this run wrote.</summary>
    public string LogTail(int lines = 5)
    {
        if (!File.Exists(_logFile))
        {
            return "";
        }

        using var file = new FileStream(_logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(Math.Min(_logStart, file.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        var written = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('\n', written.TakeLast(lines));
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static string SetprivName(Signal signal) => signal switch
    {
        Signal.Interrupt => "INT",
        Signal.Kill => "KILL",
        Signal.Terminate => "TERM",
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "not for the death of a parent"),
    };

    private static void Append(ProcessStartInfo start, params ReadOnlySpan<string> arguments)
    {
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
    }
}
