using System.Text;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>PLAIN (RFC 4616): user and password as they are.</summary>
internal sealed class PlainMechanism(PasswordOptions options) : SaslMechanism(options.Mechanism)
{
    public override Task<SaslConversation> BeginAsync(string host, CancellationToken cancellationToken) => Task.FromResult<SaslConversation>(new Conversation(options));

    private sealed class Conversation(PasswordOptions options) : SaslConversation
    {
        public override byte[] First() => Encoding.UTF8.GetBytes($"\0{options.User}\0{options.Password.Value}");

        public override byte[]? Next(byte[] challenge) => challenge.Length == 0 ? null : throw new LoginFailedException("the broker asks for more than PLAIN has");
    }
}
