using System.Runtime.InteropServices;
using PartnerPlatform.EmbeddedKafka;

Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (FormatException refusal)
{
    await Console.Error.WriteLineAsync($"{refusal.Message} {Arguments.Usage}");
    return 2;
}

using var stop = new SemaphoreSlim(0);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

using var cluster = MockCluster.Start(arguments.Brokers, arguments.Topics);
Console.WriteLine($"embedded Kafka serves at {cluster.BootstrapServers}; its data is in memory only");
if (arguments.BootstrapFile is { } file)
{
    // Written whole under another name first: who waits for the file never reads half of it.
    var draft = $"{file}.{Environment.ProcessId}";
    await File.WriteAllTextAsync(draft, cluster.BootstrapServers);
    File.Move(draft, file, overwrite: true);
}

await stop.WaitAsync();
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Release();
}
