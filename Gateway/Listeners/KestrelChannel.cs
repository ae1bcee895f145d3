using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using PartnerPlatform.Gateway.Connections;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>A channel over a Kestrel connection.</summary>
public sealed class KestrelChannel(ConnectionContext connection) : IByteChannel
{
    /// <summary>Bytes handed to the transport at a time, so that a held frame is not copied as a whole.</summary>
    private const int Slice = 64 * 1024;

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var input = connection.Transport.Input;
        ReadResult result;
        try
        {
            result = await input.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or InvalidOperationException)
        {
            throw new IOException(e.Message, e);
        }

        if (result.IsCanceled)
        {
            throw new IOException("The connection was aborted.");
        }

        // Its segments are recycled by AdvanceTo: nothing may be asked of it afterwards.
        var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        var received = (int)part.Length;
        part.CopyTo(buffer.Span);
        input.AdvanceTo(part.End);
        return received;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            while (data.Length > 0)
            {
                var part = data[..Math.Min(data.Length, Slice)];
                var result = await connection.Transport.Output.WriteAsync(part, cancellationToken);
                if (result.IsCompleted || result.IsCanceled)
                {
                    throw new IOException("The client is gone.");
                }

                data = data[part.Length..];
            }
        }
        catch (InvalidOperationException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void Abort() => connection.Abort();

    /// <summary>
    /// Sends what is written and the end of the stream, then reads on for a moment: closing with unread requests would reset the connection,
    /// and a reset discards answers that the client has not read yet.
    /// </summary>
    public async Task CloseGentlyAsync(TimeSpan patience)
    {
        try
        {
            await connection.Transport.Output.CompleteAsync();
            using var limit = new CancellationTokenSource(patience);
            while (true)
            {
                var result = await connection.Transport.Input.ReadAsync(limit.Token);
                connection.Transport.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ConnectionAbortedException or InvalidOperationException)
        {
            // The client did not close in time, or has gone already: either way the connection ends here.
            connection.Abort();
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
