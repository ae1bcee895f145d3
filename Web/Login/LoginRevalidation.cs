using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace PartnerPlatform.Web.Login;

/// <summary>An open page notices soon when its login has ended elsewhere: by a logout in another window, or because the person was removed.</summary>
public sealed class LoginRevalidation(ILoggerFactory loggers, LoginSessions sessions) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(2);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Task.FromResult(sessions.Find(authenticationState.User) is not null);
}
