using System.Text;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>OAUTHBEARER (RFC 7628, KIP-255) with tokens from an issuer's token endpoint.</summary>
internal sealed class OAuthBearerMechanism(OAuthBearerOptions options, TokenSource tokens) : SaslMechanism(options.Mechanism)
{
    public override async Task<SaslConversation> BeginAsync(string host, CancellationToken cancellationToken) =>
        new Conversation(await tokens.GetAsync(cancellationToken), options.Extensions);

    /// <summary>A token that a broker does not take is not shown to the next one.</summary>
    public override void Refused() => tokens.Forget();

    public override void Dispose() => tokens.Dispose();

    private sealed class Conversation(string token, IReadOnlyDictionary<string, string> extensions) : SaslConversation
    {
        public override byte[] First()
        {
            var more = string.Concat(extensions.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}\u0001"));
            return Encoding.UTF8.GetBytes($"n,,\u0001auth=Bearer {token}\u0001{more}\u0001");
        }

        public override byte[]? Next(byte[] challenge)
        {
            if (challenge.Length == 0)
            {
                return null;
            }

            // RFC 7628, 3.2.3: the broker has said in JSON what it has against the token; it closes the exchange when this is answered.
            Complaint = "the broker does not take the token: " + new string([.. Encoding.UTF8.GetString(challenge).Take(300).Where(c => !char.IsControl(c))]);
            return [1];
        }
    }
}
