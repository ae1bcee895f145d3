using System.Text;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>The client's message of SASL OAUTHBEARER (RFC 7628, 3.1): <c>n,[a=authzid],^Aauth=Bearer TOKEN^A[key=value^A]...^A</c>.</summary>
/// <param name="AuthorizationId">Empty: none was asked for.</param>
public sealed record OAuthBearerMessage(string AuthorizationId, string Token)
{
    private const char Separator = '\u0001';

    /// <summary>Null: it is malformed.</summary>
    public static OAuthBearerMessage? Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var headerEnd = text.IndexOf(Separator, StringComparison.Ordinal);
        if (headerEnd < 0 || headerEnd >= text.Length - 2 || !text.EndsWith($"{Separator}{Separator}", StringComparison.Ordinal))
        {
            return null;
        }

        var header = text[..headerEnd].Split(',');
        if (header is not ["n" or "y", var authorization, ""] || (authorization.Length > 0 && !authorization.StartsWith("a=", StringComparison.Ordinal)))
        {
            return null;
        }

        string? token = null;
        foreach (var pair in text[(headerEnd + 1)..^2].Split(Separator))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                return null;
            }

            if (pair[..equals] == "auth")
            {
                if (token is not null || !pair[(equals + 1)..].StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
                {
                    return null;
                }

                token = pair[(equals + 1 + "Bearer ".Length)..].Trim();
            }
        }

        // RFC 5801: ',' and '=' travel as =2C and =3D.
        return token is not { Length: > 0 } ? null : new OAuthBearerMessage(
            authorization.Length == 0 ? "" : authorization[2..].Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal), token);
    }
}
