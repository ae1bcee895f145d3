using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Tests.Transport;

public sealed class WaitingCallTests
{
    /// <summary>As two loops do, while a channel goes over from one to the other.</summary>
    [Fact]
    public async Task Of_two_that_would_end_a_call_one_takes_it()
    {
        const int rounds = 50_000;
        var call = new WaitingCall(() => { });
        var taken = 0;
        var once = 0;
        using var together = new Barrier(2, _ =>
        {
            once += taken == 1 ? 1 : 0;
            taken = 0;
            call.Begin(CancellationToken.None);
        });

        await Task.WhenAll(Task.Run(Take), Task.Run(Take));

        Assert.Equal(rounds, once);

        void Take()
        {
            for (var i = 0; i < rounds; i++)
            {
                together.SignalAndWait();
                if (call.TryTake())
                {
                    Interlocked.Increment(ref taken);
                }
            }

            together.SignalAndWait();
        }
    }

    [Fact]
    public async Task A_cancellation_after_its_end_does_not_hit_the_next_call()
    {
        var looks = 0;
        var call = new WaitingCall(() => looks++);
        using var cancelling = new CancellationTokenSource();
        var first = new ValueTask<int>(call, call.Begin(cancelling.Token));
        Assert.True(call.TryTake());
        call.Succeed(3);
        Assert.Equal(3, await first);

        var second = new ValueTask<int>(call, call.Begin(CancellationToken.None));
        await cancelling.CancelAsync();

        Assert.False(call.IsCancelled);
        Assert.Equal(0, looks);
        Assert.True(call.TryTake());
        Assert.False(call.TryTake());
        call.GiveBack();
        Assert.True(call.TryTake());
        call.Succeed(4);
        Assert.Equal(4, await second);
    }
}
