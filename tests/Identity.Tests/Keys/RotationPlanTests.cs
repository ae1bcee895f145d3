using PartnerPlatform.Identity.Keys;

namespace PartnerPlatform.Identity.Tests.Keys;

public sealed class RotationPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Rotation = TimeSpan.FromDays(30);
    private static readonly TimeSpan Announce = TimeSpan.FromDays(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    [Fact]
    public void First_key_signs_at_once() => Assert.Equal(Start, At(Start).CreateSigningFrom);

    [Fact]
    public void No_key_is_due_before_the_announcement() => Assert.Null(At(Start + Rotation - Announce - TimeSpan.FromSeconds(1), ("a", Start)).CreateSigningFrom);

    [Fact]
    public void Next_key_is_announced_before_it_signs() => Assert.Equal(Start + Rotation, At(Start + Rotation - Announce, ("a", Start)).CreateSigningFrom);

    [Fact]
    public void Announced_key_is_not_made_twice() => Assert.Null(At(Start + Rotation - Announce, ("a", Start), ("b", Start + Rotation)).CreateSigningFrom);

    [Fact]
    public void After_a_long_stop_the_next_key_is_still_announced_first()
    {
        var now = Start + (3 * Rotation);

        Assert.Equal(now + Announce, At(now, ("a", Start)).CreateSigningFrom);
    }

    [Fact]
    public void Key_stays_until_its_last_token_has_expired()
    {
        var lastUse = Start + Rotation + Lifetime + RotationPlan.ClockSkew;

        Assert.Empty(At(lastUse, ("a", Start), ("b", Start + Rotation)).Expired);
        Assert.Equal(["a"], At(lastUse + TimeSpan.FromSeconds(1), ("a", Start), ("b", Start + Rotation)).Expired);
    }

    private static RotationPlan At(DateTimeOffset now, params (string, DateTimeOffset)[] keys) => RotationPlan.At(now, keys, Rotation, Announce, Lifetime);
}
