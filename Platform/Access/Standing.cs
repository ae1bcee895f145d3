using System.Globalization;
using System.Security.Claims;
using Marten;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;
using PartnerPlatform.Platform.People;

namespace PartnerPlatform.Platform.Access;

/// <summary>
/// A token says who someone was when it was issued. Whether that still holds is looked up for each request, so that a removal counts at once and not
/// when the last token has expired.
/// </summary>
public sealed class Standing(IDocumentStore store, ClaimReader claims, FeedSignal feed, TimeProvider time)
{
    /// <summary>How often to look without being woken.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>For connections that stay: ends when the token's word no longer holds, or its time is over.</summary>
    public async Task Ends(ClaimsPrincipal user, CancellationToken ct)
    {
        var expires = long.TryParse(user.FindFirstValue("exp"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.MinValue;
        while (true)
        {
            var next = feed.NextEntry;
            var left = expires - time.GetUtcNow();
            if (left <= TimeSpan.Zero || !await Holds(user, ct))
            {
                return;
            }

            await Task.WhenAny(next, Task.Delay(left < Look ? left : Look, time, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    public async Task<bool> Holds(ClaimsPrincipal user, CancellationToken ct)
    {
        var subject = user.FindFirstValue(AccessTokens.SubjectClaim);
        if (subject is null)
        {
            return false;
        }

        return subject == user.FindFirstValue(AccessTokens.ClientIdClaim)
            ? await ClientHolds(subject, ct)
            : await PersonHolds(user, subject, ct);
    }

    private async Task<bool> PersonHolds(ClaimsPrincipal user, string id, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Person>(id, ct) is { Removed: false } person
            && person.Role == user.FindFirstValue(AccessTokens.RoleClaim)
            && person.OrganizationId == user.FindFirstValue(AccessTokens.OrganizationClaim)
            && long.TryParse(user.FindFirstValue("iat"), NumberStyles.None, CultureInfo.InvariantCulture, out var issuedAt)
            && issuedAt >= person.IssuedBefore;
    }

    /// <summary>Identity itself is no client of its own, so an unknown one is not a removed one.</summary>
    private async Task<bool> ClientHolds(string clientId, CancellationToken ct)
    {
        if (await claims.Owner(Commands.Claim.Client(clientId), ct) is not { } id)
        {
            return true;
        }

        await using var session = store.QuerySession();
        return await session.LoadAsync<Client>(id, ct) is not { Removed: true };
    }
}

public static class StandingSetup
{
    /// <summary>After authentication: whoever no longer stands as the token says is nobody.</summary>
    public static void UseStanding(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.User.Identity?.IsAuthenticated == true
            && !await http.RequestServices.GetRequiredService<Standing>().Holds(http.User, http.RequestAborted))
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity());
        }

        await next(http);
    });
}
