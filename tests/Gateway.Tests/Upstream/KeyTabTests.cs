using PartnerPlatform.Gateway.Upstream.Sasl;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>Whose key tab it is; a real one is in the matrix.</summary>
public class KeyTabTests
{
    private static readonly byte[] Entry =
    [
        0, 2, 0, 4, .. "R.ST"u8, 0, 5, .. "kafka"u8, 0, 4, .. "host"u8,
        0, 0, 0, 1, 0x65, 0, 0, 0, 1, 0, 18, 0, 2, 1, 2,
    ];

    [Fact]
    public void The_first_entry_names_its_principal() => Assert.Equal("kafka/host@R.ST", KeyTab.FirstPrincipal([5, 2, 0, 0, 0, (byte)Entry.Length, .. Entry]));

    [Fact]
    public void A_hole_is_stepped_over() => Assert.Equal("kafka/host@R.ST", KeyTab.FirstPrincipal([5, 2, 0xff, 0xff, 0xff, 0xfd, 9, 9, 9, 0, 0, 0, (byte)Entry.Length, .. Entry]));

    [Fact]
    public void What_is_cut_off_or_something_else_is_none()
    {
        byte[] whole = [5, 2, 0, 0, 0, (byte)Entry.Length, .. Entry];
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(KeyTab.FirstPrincipal(whole.AsSpan(0, length)));
        }

        Assert.Null(KeyTab.FirstPrincipal("-----BEGIN"u8));
        Assert.Null(KeyTab.FirstPrincipal([5, 2, 0x80, 0, 0, 0]));
        Assert.Null(KeyTab.FirstPrincipal([5, 2, 0, 0, 0, 6, 0, 9, 0xff, 0xff, 1, 2]));
    }
}
