using System.Text;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Tests.Logins;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B, the last six digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long second, string code)
    {
        Assert.Equal(code, Totp.At(Secret, second / 30));
        Assert.Equal(second / 30, Totp.StepOf(Secret, code, DateTimeOffset.FromUnixTimeSeconds(second)));
    }

    [Fact]
    public void Clock_may_be_off_by_one_step_and_no_more()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);

        Assert.Equal([false, true, true, true, false], new[] { -60, -30, 0, 30, 60 }.Select(off => Totp.StepOf(Secret, "005924", now.AddSeconds(off)) is not null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5924")]
    [InlineData("0059240")]
    [InlineData("００５９２４")]
    public void Anything_else_is_refused(string code) => Assert.Null(Totp.StepOf(Secret, code, DateTimeOffset.FromUnixTimeSeconds(1234567890)));

    [Fact]
    public void Spaces_are_passed_over() => Assert.NotNull(Totp.StepOf(Secret, "005 924", DateTimeOffset.FromUnixTimeSeconds(1234567890)));

    // As coreutils' base32 has it.
    [Fact]
    public void Secret_is_shown_in_base32()
    {
        Assert.Equal("MZXW6YTB", Totp.Text(Encoding.ASCII.GetBytes("fooba")));
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.Text(Secret));
    }
}
