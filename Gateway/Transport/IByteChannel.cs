namespace PartnerPlatform.Gateway.Transport;

/// <summary>The seam between the relay and a transport: bytes in, bytes out, in order. One reader and one writer at a time.</summary>
public interface IByteChannel : IAsyncDisposable
{
    /// <summary>Waits for at least one byte; 0 = the peer is done. An empty buffer waits as well, and takes nothing.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Hands over all of it; completes when the transport can take more, so a slow peer slows the caller.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the stream of bytes sent, then reads on for a moment: closing with unread bytes would reset the connection, and a reset discards what the peer has not read yet.
    /// </summary>
    Task CloseAsync(TimeSpan patience);

    /// <summary>Ends the connection at once; pending calls fail. May be called from any thread, more than once.</summary>
    void Abort();
}
