using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Transport;

/// <summary>The seam between the relay and a transport: bytes in, bytes out, in order. One reader and one writer at a time.</summary>
public interface IByteChannel : IAsyncDisposable
{
    /// <summary>Where everything goes on that has to wait; nothing may block there (docs/decisions/0070).</summary>
    EventLoop Loop { get; }

    /// <summary>Waits for at least one byte; 0 = the peer is done. An empty buffer waits as well, and takes nothing.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>
    /// Hands over all of it; completes when the transport can take more, so a slow peer slows the caller. Small pieces may be kept until the loop is done with what it goes through, to
    /// leave together; that one of them could not be sent the next call finds.
    /// </summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the stream of bytes sent, then reads on for a moment: closing with unread bytes would reset the connection, and a reset discards what the peer has not read yet.
    /// </summary>
    Task CloseAsync(TimeSpan patience);

    /// <summary>Goes on in another loop: that of another channel, so that what comes by one and leaves by the other changes no threads. Only while nothing is under way.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    void Move(EventLoop loop);

    /// <summary>Ends the connection at once; pending calls fail. May be called from any thread, more than once.</summary>
    void Abort();
}
