using System.Net.Security;
using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Transport;

/// <summary>A channel over TLS, after its handshake.</summary>
/// <param name="stream">Over the channel.</param>
/// <param name="channel">What is encrypted.</param>
internal sealed class TlsChannel(SslStream stream, IByteChannel channel) : IByteChannel
{
    public EventLoop Loop => channel.Loop;

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(data, cancellationToken);
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public async Task CloseAsync(TimeSpan patience)
    {
        try
        {
            await stream.ShutdownAsync().WaitAsync(patience);
        }
        catch (Exception e) when (e is TimeoutException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer does not read, or has gone already: the connection ends below.
        }

        await channel.CloseAsync(patience);
    }

    public void Move(EventLoop loop) => channel.Move(loop);

    /// <summary>Takes the connection away under the stream: pending calls fail, whatever they wait for.</summary>
    public void Abort() => channel.Abort();

    public async ValueTask DisposeAsync()
    {
        channel.Abort();
        await stream.DisposeAsync();
    }
}
