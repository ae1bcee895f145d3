namespace PartnerPlatform.Gateway.Upstream;

/// <summary>
/// A broker and the gateway cannot agree on TLS or on the login, or did so a moment ago and are not tried again yet. The message says who, how and why, without secrets.
/// </summary>
public sealed class BrokerRefusedException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Why a handshake or login came to nothing, in one sentence without secrets.</summary>
internal sealed class LoginFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What happened, and below it what caused that: TLS tells the latter only there.</summary>
    public static string Explain(Exception e)
    {
        var cause = e.GetBaseException();
        return e is LoginFailedException || cause == e || cause.Message == e.Message ? e.Message : $"{e.Message.TrimEnd('.')}: {cause.Message}";
    }
}
