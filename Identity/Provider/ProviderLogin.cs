using System.Security.Claims;
using OpenIddict.Abstractions;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Identity.Configuration;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace PartnerPlatform.Identity.Provider;

/// <summary>From what the provider has said of someone, and proven, to a person here, or to a reason why there is none. Nothing is remembered in favour of anyone: each login is judged anew.</summary>
internal sealed partial class ProviderLogin(
    ProviderOptions provider, PersonIds ids, ProviderAccounts accounts, Admissions admissions, TimeProvider time, ILogger<ProviderLogin> logger)
{
    private const int LongestName = 200;

    /// <returns>One of the two.</returns>
    public async Task<(string? PersonId, Refusal? Refusal)> JudgeAsync(ClaimsPrincipal claims, CancellationToken cancellation)
    {
        if (claims.GetClaim(Claims.Subject) is not { Length: > 0 } subject)
        {
            return (null, Refusal.Failed);
        }

        var personId = ids.Of(provider.Issuer, subject);
        var refusal = await AdmitAsync(personId, claims, cancellation);
        if (refusal is { } why)
        {
            Refused(personId, why);
            await accounts.EndAsync(personId, cancellation);
            return (null, why);
        }

        LoggedIn(personId);
        return (personId, null);
    }

    private async Task<Refusal?> AdmitAsync(string personId, ClaimsPrincipal claims, CancellationToken cancellation)
    {
        if (provider.Roles.Find(claims.GetClaims(provider.RoleClaim)) is not { } rule)
        {
            return Refusal.NoRole;
        }

        var organization = rule.Organization;
        if (rule is { Role: Contracts.Tokens.Roles.PartnerAdmin, Organization: null })
        {
            // A person acts for one organisation: with several it would be chance which.
            if (claims.GetClaims(provider.OrganizationClaim!) is not [{ Length: > 0 } only])
            {
                return Refusal.NoOrganization;
            }

            organization = only;
        }

        var admittedAs = organization is null ? rule.Role : $"{rule.Role}:{organization}";
        var known = await accounts.FindAsync(personId, cancellation);
        if (known?.Account?.AdmittedAs != admittedAs || known.Role != rule.Role)
        {
            var (admitted, refusal) = await admissions.AskAsync(new Admission(personId, rule.Role, organization), cancellation);
            if (admitted is null)
            {
                return refusal;
            }

            if (!await accounts.ArrivedAsync(personId, rule.Role, admitted.OrganizationId, admitted.IssuedBefore, cancellation))
            {
                return Refusal.PlatformAway;
            }

            Admitted(personId, admittedAs);
        }

        if (!await accounts.KeepAsync(personId, provider.Issuer, NameOf(claims), admittedAs, cancellation))
        {
            return Refusal.Removed;
        }

        await AfterAsync((await accounts.FindAsync(personId, cancellation))?.IssuedBefore ?? 0, cancellation);
        return null;
    }

    /// <summary>A role that has just changed ends logins up to a second that may not be over: this one shall not be among them.</summary>
    private async Task AfterAsync(long issuedBefore, CancellationToken cancellation)
    {
        var wait = DateTimeOffset.FromUnixTimeSeconds(issuedBefore) - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait < TimeSpan.FromSeconds(2) ? wait : TimeSpan.FromSeconds(2), time, cancellation);
        }
    }

    private string NameOf(ClaimsPrincipal claims)
    {
        var name = claims.GetClaim(Claims.Name) ?? claims.GetClaim(Claims.PreferredUsername) ?? "";
        var shown = string.Concat(name.Where(sign => !char.IsControl(sign))).Trim();
        return shown.Length switch
        {
            0 => $"Someone from {provider.Name}",
            > LongestName => shown[..LongestName],
            _ => shown,
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Person} logged in at the identity provider")]
    private partial void LoggedIn(string person);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Person} is let in as {AdmittedAs}")]
    private partial void Admitted(string person, string admittedAs);

    [LoggerMessage(Level = LogLevel.Information, Message = "login at the identity provider refused, {Person}: {Why}")]
    private partial void Refused(string person, Refusal why);
}
