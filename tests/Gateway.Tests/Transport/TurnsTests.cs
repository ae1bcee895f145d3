using PartnerPlatform.Gateway.Transport.Loops;

namespace PartnerPlatform.Gateway.Tests.Transport;

public sealed class TurnsTests
{
    private readonly Turns _turns = new();

    [Fact]
    public void A_turn_is_over_after_so_many_bytes_and_begins_anew()
    {
        _turns.Took(Turns.Bytes - 1);
        Assert.False(_turns.IsOver);
        _turns.Took(1);
        Assert.True(_turns.IsOver);

        _turns.Begin();

        Assert.False(_turns.IsOver);
        _turns.Took(Turns.Bytes - 1);
        Assert.False(_turns.IsOver);
    }

    [Fact]
    public void A_turn_is_over_after_so_many_receives_however_small()
    {
        for (var i = 0; i < Turns.Receives; i++)
        {
            Assert.False(_turns.IsOver);
            _turns.Took(1);
        }

        Assert.True(_turns.IsOver);
    }
}
