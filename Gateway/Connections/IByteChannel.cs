namespace PartnerPlatform.Gateway.Connections;

/// <summary>The seam between the relay and a transport: bytes in, bytes out, in order. One reader and one writer at a time.</summary>
public interface IByteChannel : IAsyncDisposable
{
    /// <summary>Waits for at least one byte; 0 = the peer is done.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Hands over all of it; completes when the transport can take more, so a slow peer slows the caller.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Ends the connection at once; pending calls fail. May be called from any thread, more than once.</summary>
    void Abort();
}
