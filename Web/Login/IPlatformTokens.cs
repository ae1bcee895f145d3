using Microsoft.AspNetCore.Components.Authorization;

namespace PartnerPlatform.Web.Login;

/// <summary>Access tokens for Platform, in the name of the person whose page it is.</summary>
public interface IPlatformTokens
{
    /// <exception cref="LoginEndedException">The person has to log in again.</exception>
    /// <exception cref="IdentityAwayException">The token has expired, and Identity cannot be asked for the next.</exception>
    Task<string> AccessToken(CancellationToken ct);

    /// <summary>Platform does not know this person any more: the login is over in all windows.</summary>
    Task End();
}

public sealed class LoginTokensOfCircuit(AuthenticationStateProvider state, LoginSessions sessions, TokenRefresh refresh, TimeProvider time) : IPlatformTokens
{
    public async Task<string> AccessToken(CancellationToken ct) =>
        await (await Session() ?? throw new LoginEndedException()).AccessToken(refresh, time, ct);

    public async Task End()
    {
        if (await Session() is { } session)
        {
            await sessions.RemoveAsync(session.Key);
        }
    }

    private async Task<LoginSession?> Session() => sessions.Find((await state.GetAuthenticationStateAsync()).User);
}
