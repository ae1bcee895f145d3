using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>
/// SCRAM (RFC 5802, RFC 7677) without channel binding, as Kafka has it: names and passwords are UTF-8 as they are (no SASLprep). The broker proves that it knows
/// the password, too: its signature is checked.
/// </summary>
internal sealed class ScramMechanism : SaslMechanism
{
    /// <summary>Kafka's own minimum: fewer would make a stolen exchange cheap to search.</summary>
    private const int FewestIterations = 4096;

    /// <summary>A broker that asks for more keeps the gateway's processors busy, with every login.</summary>
    private const int MostIterations = 1_000_000;

    private readonly PasswordOptions _options;
    private readonly HashAlgorithmName _hash;
    private readonly int _length;

    /// <summary>Stretching the password costs milliseconds, for the same result at every login: the last one is kept.</summary>
    private Stretched? _last;

    public ScramMechanism(PasswordOptions options)
        : base(options.Mechanism)
    {
        _options = options;
        (_hash, _length) = options.Mechanism == "SCRAM-SHA-512" ? (HashAlgorithmName.SHA512, 64) : (HashAlgorithmName.SHA256, 32);
    }

    public override Task<SaslConversation> BeginAsync(string host, CancellationToken cancellationToken) =>
        Task.FromResult<SaslConversation>(new Conversation(this, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))));

    /// <summary>A login whose nonce is given, for tests by the RFCs' examples.</summary>
    internal SaslConversation Begin(string nonce) => new Conversation(this, nonce);

    private Stretched Stretch(byte[] salt, int iterations)
    {
        if (_last is { } last && last.Iterations == iterations && last.Salt.AsSpan().SequenceEqual(salt))
        {
            return last;
        }

        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(_options.Password.Value), salt, iterations, _hash, _length);
        return _last = new Stretched(salt, iterations, Hmac(salted, "Client Key"u8), Hmac(salted, "Server Key"u8));
    }

    private byte[] Hmac(byte[] key, ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(_hash, key, data);

    private sealed record Stretched(byte[] Salt, int Iterations, byte[] ClientKey, byte[] ServerKey);

    private sealed class Conversation(ScramMechanism mechanism, string nonce) : SaslConversation
    {
        /// <summary>GS2 header: no channel binding, no authorization identity.</summary>
        private const string Header = "n,,";

        private string _first = "";
        private byte[]? _serverSignature;
        private bool _isDone;

        public override byte[] First()
        {
            var user = mechanism._options.User.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

            // KIP-48: a delegation token says so in an extension.
            _first = $"n={user},r={nonce}{(mechanism._options.DelegationToken ? ",tokenauth=true" : "")}";
            return Encoding.UTF8.GetBytes(Header + _first);
        }

        public override byte[]? Next(byte[] challenge)
        {
            if (_isDone)
            {
                return challenge.Length == 0 ? null : throw new LoginFailedException("the broker goes on behind the end of SCRAM");
            }

            var text = Encoding.UTF8.GetString(challenge);
            var parts = text.Split(',').Where(p => p.Length > 1 && p[1] == '=').GroupBy(p => p[0]).ToDictionary(g => g.Key, g => g.First()[2..]);
            if (parts.GetValueOrDefault('e') is { } error)
            {
                throw new LoginFailedException($"the broker answers SCRAM error {new string([.. error.Take(100).Where(c => !char.IsControl(c))])}");
            }

            if (_serverSignature is null)
            {
                return Prove(text, parts);
            }

            // What only a broker that knows the password can have made.
            if (!CryptographicOperations.FixedTimeEquals(Decode(parts.GetValueOrDefault('v')), _serverSignature))
            {
                throw new LoginFailedException("the broker's SCRAM signature is wrong: it does not know the password");
            }

            _isDone = true;
            return null;
        }

        private byte[] Prove(string serverFirst, Dictionary<char, string> parts)
        {
            if (parts.GetValueOrDefault('r') is not { } both || !both.StartsWith(nonce, StringComparison.Ordinal) || both.Length == nonce.Length || serverFirst.StartsWith("m=", StringComparison.Ordinal))
            {
                throw new LoginFailedException("the broker's SCRAM message is not an answer to ours");
            }

            if (!int.TryParse(parts.GetValueOrDefault('i'), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < FewestIterations or > MostIterations)
            {
                throw new LoginFailedException($"the broker asks for {(iterations == 0 ? "no sane number of" : iterations)} SCRAM iterations; {FewestIterations} to {MostIterations} are allowed");
            }

            var salt = Decode(parts.GetValueOrDefault('s'));
            var keys = mechanism.Stretch(salt.Length > 0 ? salt : throw new LoginFailedException("the broker's SCRAM salt is empty"), iterations);
            var final = $"c={Convert.ToBase64String(Encoding.ASCII.GetBytes(Header))},r={both}";
            var signed = Encoding.UTF8.GetBytes($"{_first},{serverFirst},{final}");
            var proof = mechanism.Hmac(CryptographicOperations.HashData(mechanism._hash, keys.ClientKey), signed);
            for (var i = 0; i < proof.Length; i++)
            {
                proof[i] ^= keys.ClientKey[i];
            }

            _serverSignature = mechanism.Hmac(keys.ServerKey, signed);
            return Encoding.UTF8.GetBytes($"{final},p={Convert.ToBase64String(proof)}");
        }

        private static byte[] Decode(string? base64)
        {
            var bytes = new byte[base64?.Length ?? 0];
            return Convert.TryFromBase64String(base64 ?? "", bytes, out var length) ? bytes[..length] : throw new LoginFailedException("the broker's SCRAM message is not base64");
        }
    }
}
