using System.Text;
using PartnerPlatform.Gateway.Authentication;

namespace PartnerPlatform.Gateway.Tests.Authentication;

public class OAuthBearerMessageTests
{
    public static TheoryData<string, string, string> Good => new()
    {
        { "n,,^auth=Bearer a.b.c^^", "", "a.b.c" },
        { "n,a=app,^auth=Bearer a.b.c^^", "app", "a.b.c" },
        { "n,a=a=2Cb=3Dc,^auth=bearer a.b.c^^", "a,b=c", "a.b.c" },
        { "n,,^host=gateway^port=9092^auth=Bearer a.b.c^extension=value^^", "", "a.b.c" },
        { "y,,^auth=Bearer  a.b.c ^^", "", "a.b.c" },
    };

    public static TheoryData<string> Bad =>
    [
        "", "^^", "n,,", "n,,^^", "n,,^auth=Bearer ^^", "n,,^auth=Basic abc^^", "n,,^auth=Bearer a.b.c^", "n,,auth=Bearer a.b.c^^", "p=tls-unique,,^auth=Bearer a.b.c^^",
        "n,app,^auth=Bearer a.b.c^^", "n,,^nonsense^auth=Bearer a.b.c^^", "n,,^auth=Bearer a^auth=Bearer b^^", "n,a=app,more,^auth=Bearer a.b.c^^",
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public void A_message_is_read_as_RFC_7628_says(string text, string authorizationId, string token) =>
        Assert.Equal(new OAuthBearerMessage(authorizationId, token), OAuthBearerMessage.Parse(Bytes(text)));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Anything_else_is_malformed(string text) => Assert.Null(OAuthBearerMessage.Parse(Bytes(text)));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.Replace('^', '\u0001'));
}
