namespace PartnerPlatform.Gateway.Transport;

internal static class ChannelClosing
{
    /// <summary>Reads until the peer is done.</summary>
    /// <exception cref="OperationCanceledException">It did not come to an end in time.</exception>
    public static async Task DiscardAsync(this IByteChannel channel, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        var discarded = new byte[1024];
        while (await channel.ReceiveAsync(discarded, limit.Token) > 0)
        {
        }
    }
}
