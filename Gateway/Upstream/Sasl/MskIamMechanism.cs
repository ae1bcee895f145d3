using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>
/// AWS_MSK_IAM: one message, a presigned request (Signature Version 4, in the query) of the action <c>kafka-cluster:Connect</c>, as JSON. The signature is good for
/// 15 minutes, which is the longest that the service takes.
/// </summary>
internal sealed partial class MskIamMechanism(MskIamOptions options, TimeProvider time) : SaslMechanism(options.Mechanism)
{
    private const string Action = "kafka-cluster:Connect";
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Lifetime = "900";

    private readonly AwsIdentity _identity = new(options);

    public override async Task<SaslConversation> BeginAsync(string host, CancellationToken cancellationToken)
    {
        var region = RegionOf(host) ?? options.Aws.Region
            ?? throw new LoginFailedException($"no AWS region is known: the host name {host} tells none, and AWS_REGION is not set");
        return new Conversation(Sign(host, region, await _identity.FindAsync(cancellationToken)));
    }

    /// <summary>The message for a broker.</summary>
    internal byte[] Sign(string host, string region, AwsCredentials credentials)
    {
        var now = time.GetUtcNow();
        var at = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{at[..8]}/{region}/kafka-cluster/aws4_request";
        var query = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Action"] = Action,
            ["X-Amz-Algorithm"] = Algorithm,
            ["X-Amz-Credential"] = $"{credentials.AccessKeyId}/{scope}",
            ["X-Amz-Date"] = at,
            ["X-Amz-Expires"] = Lifetime,
            ["X-Amz-SignedHeaders"] = "host",
        };
        if (credentials.SessionToken is { } token)
        {
            query["X-Amz-Security-Token"] = token.Value;
        }

        var canonical = $"GET\n/\n{string.Join('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value)}"))}\nhost:{host}\n\nhost\n{Hash("")}";
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey.Value);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Algorithm}\n{at}\n{scope}\n{Hash(canonical)}")));
        var message = new Dictionary<string, string> { ["version"] = "2020_10_22", ["host"] = host, ["user-agent"] = "partnerplatform-gateway", ["action"] = Action };
        foreach (var (name, value) in query.Where(q => q.Key != "Action"))
        {
            message[name.ToLowerInvariant()] = value;
        }

        message["x-amz-signature"] = signature;
        return JsonSerializer.SerializeToUtf8Bytes(message);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Amazon's brokers carry the region in their names.</summary>
    private static string? RegionOf(string host) => AmazonHost().Match(host) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("\\.kafka(?:-serverless)?\\.([a-z0-9-]+)\\.(?:amazonaws|api)\\.", RegexOptions.IgnoreCase)]
    private static partial Regex AmazonHost();

    private sealed class Conversation(byte[] message) : SaslConversation
    {
        public override byte[] First() => message;

        /// <summary>The broker's answer holds a request id, which nobody needs.</summary>
        public override byte[]? Next(byte[] challenge) => null;
    }
}
