using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>What a login came to: a session, or why not. The client is told no more than that it failed.</summary>
/// <param name="VirtualCluster">As the credentials claim; null when they do not say.</param>
/// <param name="Account">As the credentials claim; null when they do not say.</param>
public sealed record LoginResult(Session? Session, LoginRefusal? Refusal, string? VirtualCluster = null, string? Account = null)
{
    public string Code => Refusal?.Code ?? LoginCodes.Succeeded;

    public static LoginResult Refused(string code, string reason, string? virtualCluster = null, string? account = null) =>
        new(null, new LoginRefusal(code, reason), virtualCluster, account);

    /// <summary>The session, unless what is decided now is against it.</summary>
    public static LoginResult Of(Session session) => session.Refusal() is { } refusal
        ? new(null, refusal, session.VirtualCluster.Current?.Name, session.Account)
        : new(session, null, session.VirtualCluster.Current?.Name, session.Account);
}
