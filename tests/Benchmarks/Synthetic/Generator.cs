using System.Diagnostics;
using PartnerPlatform.Benchmarks.Measuring;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>Sends a prepared request over one connection and takes the answers, counting each answer's time.</summary>
internal sealed class Generator(PreparedRequest request)
{
    /// <summary>Closed: a new request only when an answer came.</summary>
    /// <param name="window">Under way at a time.</param>
    /// <returns>How long each answer took, in Stopwatch ticks.</returns>
    public long[] RunClosed(int count, int window)
    {
        var took = new long[count];
        var sentAt = new long[window];
        var sent = 0;
        for (var received = 0; received < count; received++)
        {
            for (; sent < count && sent < received + window; sent++)
            {
                sentAt[sent % window] = Stopwatch.GetTimestamp();
                request.Send(sent);
            }

            request.Receive(received);
            took[received] = Stopwatch.GetTimestamp() - sentAt[received % window];
        }

        return took;
    }

    /// <summary>At full speed until it is told to stop.</summary>
    /// <param name="window">Under way at a time.</param>
    /// <param name="answered">Is told of every answer.</param>
    public void RunUntil(CancellationToken stop, int window, Action answered)
    {
        var sent = 0;
        for (var received = 0; received < sent || !stop.IsCancellationRequested; received++)
        {
            for (; !stop.IsCancellationRequested && sent < received + window; sent++)
            {
                request.Send(sent);
            }

            if (received < sent)
            {
                request.Receive(received);
                answered();
            }
        }
    }

    /// <summary>Open: each request has its moment, and its answer's time counts from there, however late it was sent (no coordinated omission).</summary>
    /// <param name="stop">Ends it before all were sent.</param>
    /// <returns>How long each answer took, in Stopwatch ticks.</returns>
    public long[] RunPaced(int count, double requestsPerSecond, CancellationToken stop = default)
    {
        var interval = Stopwatch.Frequency / requestsPerSecond;
        var start = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 100;
        var took = new long[count];
        var end = count;
        var receiving = Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < Volatile.Read(ref end); i++)
                {
                    request.Receive(i);
                    took[i] = Stopwatch.GetTimestamp() - Moment(i);
                }
            },
            TaskCreationOptions.LongRunning);
        var sending = Task.Factory.StartNew(
            () =>
            {
                Native.WakeExactly();
                for (var i = 0; i < end; i++)
                {
                    if (Stopwatch.GetTimestamp() < Moment(i))
                    {
                        Native.SleepUntil(Moment(i));
                    }

                    if (stop.IsCancellationRequested)
                    {
                        // Told before it is sent: after its answer nobody waits for another.
                        Volatile.Write(ref end, i + 1);
                    }

                    request.Send(i);
                }
            },
            TaskCreationOptions.LongRunning);
        Task.WaitAll(sending, receiving);
        return took[..end];

        long Moment(int i) => start + (long)(i * interval);
    }
}
