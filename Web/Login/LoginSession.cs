using Microsoft.AspNetCore.Authentication;

namespace PartnerPlatform.Web.Login;

/// <summary>
/// One login, shared by all of its pages: its tokens never leave the server. Refresh tokens are used once, so there is one refresh at a time;
/// two at once would look like theft to Identity.
/// </summary>
public sealed class LoginSession(string key, AuthenticationTicket ticket, LoginTokens tokens) : IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1);
    private LoginTokens _tokens = tokens;

    public string Key { get; } = key;

    public AuthenticationTicket Ticket { get; set; } = ticket;

    public string? IdToken => _tokens.IdToken;

    /// <summary>Ended: by logout, or because Identity refuses to go on.</summary>
    public bool Ended { get; private set; }

    /// <exception cref="LoginEndedException">Identity or a logout has ended this login.</exception>
    public async Task<string> AccessToken(TokenRefresh refresh, TimeProvider time, CancellationToken ct)
    {
        if (!Ended && _tokens.IsFresh(time))
        {
            return _tokens.AccessToken;
        }

        await _refreshing.WaitAsync(ct);
        try
        {
            if (!Ended && !_tokens.IsFresh(time))
            {
                await Refresh(refresh, time);
            }
        }
        finally
        {
            _refreshing.Release();
        }

        return Ended ? throw new LoginEndedException() : _tokens.AccessToken;
    }

    public void End() => Ended = true;

    public void Dispose() => _refreshing.Dispose();

    private async Task Refresh(TokenRefresh refresh, TimeProvider time)
    {
        switch (await refresh.Ask(_tokens.RefreshToken))
        {
            case { Tokens: { } tokens }:
                _tokens = tokens with { IdToken = tokens.IdToken ?? _tokens.IdToken };
                break;
            case { Refused: true }:
                End();
                break;
            case var _ when !_tokens.IsValid(time):
                // Identity is away, and what we hold says nothing any more.
                throw new IdentityAwayException();
        }
    }
}

/// <param name="ExpiresAt">Of the access token.</param>
public sealed record LoginTokens(string AccessToken, string RefreshToken, string? IdToken, DateTimeOffset ExpiresAt)
{
    /// <summary>Long enough before the end that a request still arrives in time.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(60);

    public bool IsFresh(TimeProvider time) => time.GetUtcNow() < ExpiresAt - Ahead;

    public bool IsValid(TimeProvider time) => time.GetUtcNow() < ExpiresAt;

    /// <summary>Without the tokens: whatever logs it, logs no secret.</summary>
    public override string ToString() => $"tokens until {ExpiresAt:O}";
}

/// <summary>This login is over; the person has to log in again.</summary>
public sealed class LoginEndedException() : Exception("The login has ended.");

/// <summary>Identity cannot be reached, and the access token has expired meanwhile.</summary>
public sealed class IdentityAwayException() : Exception("Identity cannot be reached.");
