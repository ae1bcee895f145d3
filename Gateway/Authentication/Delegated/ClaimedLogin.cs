using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace PartnerPlatform.Gateway.Authentication.Delegated;

/// <summary>
/// Who a client says it is, read from the first message that it sends to the backing cluster. It is nobody before the cluster has accepted the exchange; what could be read in two
/// ways is refused here, so that the cluster and the gateway never mean different users.
/// </summary>
/// <param name="User">As the cluster will know it.</param>
/// <param name="Steps">Messages of the client until the cluster has accepted it.</param>
internal sealed record ClaimedLogin(string User, int Steps)
{
    public const string Plain = "PLAIN";
    public const string Scram256 = "SCRAM-SHA-256";
    public const string Scram512 = "SCRAM-SHA-512";
    public const string Bearer = "OAUTHBEARER";
    public const string MskIam = "AWS_MSK_IAM";

    private const char Nul = '\0';

    private static readonly JsonWebTokenHandler Tokens = new();

    public static IReadOnlyList<string> Mechanisms { get; } = [Plain, Scram256, Scram512, Bearer, MskIam];

    /// <summary>Null: it is malformed, or names more than one user.</summary>
    /// <param name="subjectClaim">Claim of bearer tokens that names the user.</param>
    public static ClaimedLogin? Read(string mechanism, ReadOnlySpan<byte> message, string subjectClaim)
    {
        var user = mechanism switch
        {
            Plain => PlainUser(message),
            Scram256 or Scram512 => ScramUser(message),
            Bearer => BearerSubject(message, subjectClaim),
            MskIam => AccessKey(message),
            _ => null,
        };
        return string.IsNullOrEmpty(user) ? null : new ClaimedLogin(user, mechanism is Scram256 or Scram512 ? 2 : 1);
    }

    private static string? PlainUser(ReadOnlySpan<byte> message) =>
        Encoding.UTF8.GetString(message).Split(Nul) is [var authorization, var user, { Length: > 0 }] && (authorization.Length == 0 || authorization == user) ? user : null;

    /// <summary>RFC 5802, client-first-message: <c>n,[a=authzid],n=user,r=nonce[,extensions]</c>.</summary>
    private static string? ScramUser(ReadOnlySpan<byte> message)
    {
        if (Encoding.UTF8.GetString(message).Split(',') is not ["n" or "y", var authorization, ['n', '=', .. var name], ['r', '=', ..], .. var extensions])
        {
            return null;
        }

        // With this one (KIP-48), the name is that of a delegation token, and only the broker knows its owner.
        var user = Unescape(name);
        return extensions.Any(IsOfToken) || user is null || (authorization.Length > 0 && Unescape(authorization[Math.Min(2, authorization.Length)..]) != user) ? null : user;
    }

    private static bool IsOfToken(string extension) => extension.StartsWith("tokenauth=", StringComparison.OrdinalIgnoreCase) && !extension.EndsWith("=false", StringComparison.OrdinalIgnoreCase);

    private static string? Unescape(string name)
    {
        var plain = name.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "\u0001", StringComparison.Ordinal);
        return plain.Contains('=', StringComparison.Ordinal) || name.Contains('\u0001', StringComparison.Ordinal) ? null : plain.Replace('\u0001', '=');
    }

    /// <summary>The signature is for the cluster to check.</summary>
    private static string? BearerSubject(ReadOnlySpan<byte> message, string subjectClaim)
    {
        try
        {
            return OAuthBearerMessage.Parse(message) is { } bearer && Tokens.ReadJsonWebToken(bearer.Token).TryGetPayloadValue<string>(subjectClaim, out var subject)
                && (bearer.AuthorizationId.Length == 0 || bearer.AuthorizationId == subject) ? subject : null;
        }
        catch (Exception e) when (e is ArgumentException or Microsoft.IdentityModel.Tokens.SecurityTokenException)
        {
            return null;
        }
    }

    /// <summary>The access key of <c>x-amz-credential</c>: <c>KEY/date/region/service/aws4_request</c>.</summary>
    private static string? AccessKey(ReadOnlySpan<byte> message)
    {
        try
        {
            var reader = new Utf8JsonReader(message);
            using var json = JsonDocument.ParseValue(ref reader);
            var credentials = json.RootElement.EnumerateObject().Where(p => p.Name.Equals("x-amz-credential", StringComparison.OrdinalIgnoreCase)).ToList();
            return credentials is [{ Value.ValueKind: JsonValueKind.String } one] ? one.Value.GetString()!.Split('/')[0] : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
