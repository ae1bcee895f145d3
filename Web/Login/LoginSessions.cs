using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.WebUtilities;

namespace PartnerPlatform.Web.Login;

/// <summary>
/// All logins of this process. The cookie is a key and no more; after a restart the keys are unknown, and people are sent through Identity,
/// which remembers them, back to where they were.
/// </summary>
public sealed class LoginSessions(TimeProvider time) : ITicketStore
{
    private const string AccessToken = "access_token";

    private readonly ConcurrentDictionary<string, LoginSession> _sessions = new(StringComparer.Ordinal);

    public LoginSession? Find(string? key) => key is not null && _sessions.TryGetValue(key, out var session) && !session.Ended ? session : null;

    /// <summary>The login that a page was opened with; null also when somebody else has logged in under its key meanwhile.</summary>
    public LoginSession? Find(ClaimsPrincipal user) =>
        Find(user.FindFirstValue(PortalUser.SessionClaim)) is { } session && session.Ticket.Principal.FindFirstValue(PortalUser.SubjectClaim) == user.FindFirstValue(PortalUser.SubjectClaim) ? session : null;

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        DropExpired();
        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        Begin(key, ticket);
        return Task.FromResult(key);
    }

    /// <summary>Also how a login begins in a browser that has one: of two windows that were sent through Identity, the second comes back with the cookie of the first.</summary>
    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        if (ticket.Properties.GetTokenValue(AccessToken) is not null)
        {
            Begin(key, ticket);
        }
        else if (Find(key) is { } session)
        {
            session.Ticket = ticket;
        }

        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(Find(key)?.Ticket);

    public Task RemoveAsync(string key)
    {
        if (_sessions.TryRemove(key, out var session))
        {
            session.End();
        }

        return Task.CompletedTask;
    }

    private void Begin(string key, AuthenticationTicket ticket)
    {
        ((ClaimsIdentity)ticket.Principal.Identity!).AddClaim(new Claim(PortalUser.SessionClaim, key));
        var tokens = new LoginTokens(
            Token(AccessToken), Token("refresh_token"), ticket.Properties.GetTokenValue("id_token"),
            DateTimeOffset.Parse(Token("expires_at"), CultureInfo.InvariantCulture));
        ticket.Properties.StoreTokens([]);
        var former = _sessions.GetValueOrDefault(key);
        _sessions[key] = new LoginSession(key, ticket, tokens);
        former?.End();

        string Token(string name) => ticket.Properties.GetTokenValue(name) ?? throw new InvalidOperationException($"Identity gave no {name}.");
    }

    private void DropExpired()
    {
        var now = time.GetUtcNow();
        foreach (var (key, session) in _sessions)
        {
            if (session.Ended || session.Ticket.Properties.ExpiresUtc < now)
            {
                _sessions.TryRemove(key, out _);
                session.End();
            }
        }
    }
}
