using System.Net;
using System.Net.Sockets;

namespace PartnerPlatform.Stack;

/// <summary>TCP ports of the loopback address that nobody listens on.</summary>
public static class FreePorts
{
    // Above what systems hand out as registered ports, below Linux' ephemeral range (32768), so that no outgoing connection takes one
    // between the look and the use.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    public static int Take() => TakeRange(1);

    /// <summary>First of <paramref name="count"/> free ports in a row; not given twice by one process.</summary>
    public static int TakeRange(int count)
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < 1_000; attempt++)
            {
                var first = Random.Shared.Next(Lowest, Highest - count);
                var range = Enumerable.Range(first, count).ToArray();
                if (range.All(port => !Given.Contains(port) && IsFree(port)))
                {
                    Given.UnionWith(range);
                    return first;
                }
            }
        }

        throw new StackException($"No {count} free ports in a row between {Lowest} and {Highest}.");
    }

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
