using System.Text;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Upstream;
using PartnerPlatform.Gateway.Upstream.Sasl;

namespace PartnerPlatform.Gateway.Tests.Upstream;

/// <summary>SCRAM by RFC 7677's example, and brokers that are not what they should be.</summary>
public class ScramTests
{
    private const string Nonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerFirst = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    [Fact]
    public void The_RFCs_example_comes_out()
    {
        using var login = Begin();
        Assert.Equal("n,,n=user,r=" + Nonce, Text(login.First()));
        Assert.Equal("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", Text(login.Next(Bytes(ServerFirst))!));
        Assert.Null(login.Next(Bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
    }

    [Theory]
    [InlineData("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "signature")]
    [InlineData("v=", "signature")]
    [InlineData("", "signature")]
    [InlineData("v=!!!", "base64")]
    [InlineData("e=other-error", "other-error")]
    public void A_broker_that_does_not_prove_itself_is_left(string serverFinal, string reason)
    {
        using var login = Begin();
        login.First();
        login.Next(Bytes(ServerFirst));
        Assert.Contains(reason, Assert.Throws<LoginFailedException>(() => login.Next(Bytes(serverFinal))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "not an answer to ours")]
    [InlineData("r=another-nonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "not an answer to ours")]
    [InlineData("s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "not an answer to ours")]
    [InlineData("m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "not an answer to ours")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095", "iterations")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000", "iterations")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1", "iterations")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==", "iterations")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096", "salt")]
    [InlineData("", "not an answer to ours")]
    public void A_message_that_weakens_the_password_or_is_a_replay_is_refused(string serverFirst, string reason)
    {
        using var login = Begin();
        login.First();
        Assert.Contains(reason, Assert.Throws<LoginFailedException>(() => login.Next(Bytes(serverFirst))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_escaped_and_delegation_tokens_say_so()
    {
        using var login = new ScramMechanism(new PasswordOptions("SCRAM-SHA-512", "a=b,c", new Secret("x"), true)).Begin(Nonce);
        Assert.Equal($"n,,n=a=3Db=2Cc,r={Nonce},tokenauth=true", Text(login.First()));
    }

    private static SaslConversation Begin() => new ScramMechanism(new PasswordOptions("SCRAM-SHA-256", "user", new Secret("pencil"), false)).Begin(Nonce);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
