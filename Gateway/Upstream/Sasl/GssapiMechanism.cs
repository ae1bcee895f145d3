using System.Buffers;
using System.Net;
using System.Net.Security;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>
/// GSSAPI with Kerberos 5 (RFC 4752): tokens until both sides know each other, then the agreement that nothing of what follows is wrapped; TLS does that better, and Kafka
/// wraps nothing by itself.
/// </summary>
internal sealed class GssapiMechanism(GssapiOptions options, KerberosTickets tickets) : SaslMechanism(options.Mechanism)
{
    /// <summary>The Kerberos library may ask the KDC here, and blocks while it does: on a thread of its own, not on one that serves sockets.</summary>
    public override Task<SaslConversation> BeginAsync(string host, CancellationToken cancellationToken) => Task.Run<SaslConversation>(() =>
    {
        tickets.LookAtKeyTab();
        return Conversation.Begin(options, host);
    }, cancellationToken).WaitAsync(cancellationToken);

    public override void LookAtFiles() => tickets.LookAtKeyTab();

    private sealed class Conversation : SaslConversation
    {
        /// <summary>RFC 4752, 3.3: the bit of "no security layer" among those that the broker offers.</summary>
        private const byte NoLayer = 1;

        private readonly NegotiateAuthentication _context;
        private readonly string _service;
        private byte[] _first = [];
        private bool _agreed;

        private Conversation(GssapiOptions options, string host)
        {
            _service = $"{options.ServiceName}/{host}";
            _context = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
            {
                Package = "Kerberos",
                TargetName = _service,
                Credential = CredentialCache.DefaultNetworkCredentials,
                RequireMutualAuthentication = true,

                // Integrity belongs to the agreement on layers itself, not to what comes after it.
                RequiredProtectionLevel = ProtectionLevel.Sign,
            });
        }

        /// <exception cref="LoginFailedException">There is no ticket to be had.</exception>
        public static Conversation Begin(GssapiOptions options, string host)
        {
            var conversation = new Conversation(options, host);
            try
            {
                conversation._first = conversation.Step([]);
                return conversation;
            }
            catch
            {
                conversation.Dispose();
                throw;
            }
        }

        public override byte[] First() => _first;

        public override byte[]? Next(byte[] challenge)
        {
            if (_agreed)
            {
                return challenge.Length == 0 ? null : throw new LoginFailedException("the broker goes on behind the end of GSSAPI");
            }

            return _context.IsAuthenticated ? Agree(challenge) : Step(challenge);
        }

        public override void Dispose() => _context.Dispose();

        private byte[] Step(byte[] challenge)
        {
            var token = _context.GetOutgoingBlob(challenge, out var status);
            return status is NegotiateAuthenticationStatusCode.Completed or NegotiateAuthenticationStatusCode.ContinueNeeded ? token ?? []
                : throw new LoginFailedException($"Kerberos refuses with {status} for service {_service}: is the key tab's key current, the KDC in reach, and the service known there?");
        }

        private byte[] Agree(byte[] challenge)
        {
            var offer = new ArrayBufferWriter<byte>();
            if (_context.Unwrap(challenge, offer, out _) != NegotiateAuthenticationStatusCode.Completed || offer.WrittenCount != 4)
            {
                throw new LoginFailedException("the broker's offer of security layers cannot be read");
            }

            if ((offer.WrittenSpan[0] & NoLayer) == 0)
            {
                throw new LoginFailedException("the broker insists on auth-int or auth-conf, which the gateway does not have: use SASL_SSL and sasl.qop auth there");
            }

            // No layer, no buffer, no other identity.
            var choice = new ArrayBufferWriter<byte>();
            if (_context.Wrap([NoLayer, 0, 0, 0], choice, requestEncryption: false, out _) != NegotiateAuthenticationStatusCode.Completed)
            {
                throw new LoginFailedException("the choice of no security layer cannot be wrapped");
            }

            _agreed = true;
            return choice.WrittenSpan.ToArray();
        }
    }
}
