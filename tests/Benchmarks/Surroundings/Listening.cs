using System.Net.Sockets;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Benchmarks.Surroundings;

/// <summary>Processes that tell by their port that they serve.</summary>
internal static class Listening
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <exception cref="StackException">It ended, or nobody listens in time.</exception>
    public static async Task<ManagedProcess> StartAsync(string name, IReadOnlyList<string> command, int port, string folder)
    {
        var process = await ManagedProcess.StartAsync(new ProcessPlan(name, command, new Dictionary<string, string>(), Path.Combine(folder, name + ".log")));
        var start = TimeProvider.System.GetTimestamp();
        while (!await IsServedAsync(port))
        {
            if (process.HasExited || TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                var log = process.LogTail();
                await process.DisposeAsync();
                throw new StackException($"The {name} does not listen on port {port}: {log}");
            }

            await Task.Delay(20);
        }

        return process;
    }

    private static async Task<bool> IsServedAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
