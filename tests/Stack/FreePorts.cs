using System.Net;
using System.Net.Sockets;

namespace PartnerPlatform.Stack;

/// <summary>TCP ports of the loopback address that nobody listens on.</summary>
public static class FreePorts
{
    // Below Linux' ephemeral range (32768), so that no outgoing connection takes one between the look and the use, and below what Kafka's script
    // chooses from (20000 and up), so that no broker does.
    private const int Lowest = 10_000;
    private const int Highest = 20_000;

    private const int Block = 50;
    private const int Shares = 8;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    public static int Take() => TakeRange(1);

    /// <summary>First of <paramref name="count"/> free ports in a row; not given twice by one process.</summary>
    public static int TakeRange(int count)
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < 10_000; attempt++)
            {
                var first = Random.Shared.Next(Lowest, Highest - count);
                var range = Enumerable.Range(first, count).ToArray();
                if (IsOurs(first, count) && range.All(port => !Given.Contains(port) && IsFree(port)))
                {
                    Given.UnionWith(range);
                    return first;
                }
            }
        }

        throw new StackException($"No {count} free ports in a row between {Lowest} and {Highest}.");
    }

    /// <summary>Processes that look at the same time look in different places: between the look and the use, nothing shows that a port is taken.</summary>
    private static bool IsOurs(int first, int count) =>
        count > Block || (first / Block % Shares == Environment.ProcessId % Shares && first / Block == (first + count - 1) / Block);

    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // As servers bind: a port in TIME_WAIT is free, one that somebody listens on is not.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
