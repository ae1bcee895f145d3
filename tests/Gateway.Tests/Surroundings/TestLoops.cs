using System.Net;
using System.Net.Sockets;
using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Tests.Surroundings;

/// <summary>Loops for what runs inside of the tests' own process.</summary>
internal static class TestLoops
{
    public static EventLoops Shared { get; } = new(2);

    /// <summary>A channel, and the plain socket at its other end.</summary>
    /// <param name="buffer">Of each side for each direction, in bytes; null: as the system has it.</param>
    public static async Task<(SocketChannel Channel, Socket Peer)> PairAsync(EventLoops loops, int? buffer = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (buffer is { } bytes)
        {
            (listener.ReceiveBufferSize, listener.SendBufferSize, peer.ReceiveBufferSize, peer.SendBufferSize) = (bytes, bytes, bytes, bytes);
        }

        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await peer.ConnectAsync(listener.LocalEndPoint!);
        var accepted = await listener.AcceptAsync();
        accepted.NoDelay = true;
        return (loops.Open(accepted), peer);
    }
}
