using System.Runtime.InteropServices;
using PartnerPlatform.Demo;
using PartnerPlatform.Demo.Output;
using PartnerPlatform.Demo.Parts;
using PartnerPlatform.Demo.Seeding;
using PartnerPlatform.Demo.State;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Api;

const string Usage = "usage: ./run.sh [--reset] [--new-ports]";
if (args.Except(["--reset", "--new-ports"]).Any())
{
    await Console.Error.WriteLineAsync(Usage);
    return 2;
}

using var end = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
try
{
    using var state = await DemoState.OpenAsync(DemoState.Chosen, args.Contains("--reset"));
    var ports = DemoPorts.Choose(Path.Combine(state.Folder, "ports"), args.Contains("--new-ports"), state.Folder == DemoState.Usual);
    await using var running = new Running();
    await new DemoRun(state, ports, running).RunAsync(end.Token);
    return 0;
}
catch (Exception broken) when (end.IsCancellationRequested && broken is (OperationCanceledException or StackException or HttpRequestException))
{
    // Ctrl-C reaches the programs that a start is waiting for, too: what they then say is no news.
    return 0;
}
catch (StackException failure)
{
    Terminal.Fail(failure);
    return 1;
}
catch (RefusedException refusal)
{
    await Console.Error.WriteLineAsync($"run.sh: Platform refused {refusal.Message} ({refusal.Code})");
    return 1;
}

void End(PosixSignalContext signal)
{
    // The second time the signal does what it always does: this process ends at once, and the parts with it.
    signal.Cancel = !end.IsCancellationRequested;
    end.Cancel();
}
