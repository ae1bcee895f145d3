using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Clients;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.ServiceAccounts;

/// <summary>The account's OAuth client gets a secret: the first one makes the client, a later one takes its place.</summary>
/// <param name="NewClientId">Stream id of the client, if it is made.</param>
/// <param name="Overlap">How long the secret before it is still taken.</param>
/// <param name="NewSecret">Hash of the generated secret.</param>
public sealed record IssueClientSecret(
    Ask Ask, string NewClientId, string VirtualCluster, string ServiceAccount, TimeSpan Overlap, SecretHash NewSecret) : Command(Ask);

/// <summary>The account's OAuth client can do nothing any more, and what it has been given is refused.</summary>
public sealed record RevokeClientSecret(Ask Ask, string VirtualCluster, string ServiceAccount) : Command(Ask);

/// <summary>Who logs in to gateways with access tokens.</summary>
public static class OAuthDecider
{
    private const int Longest = 255;

    /// <summary>Names of virtual clusters hold no '.', so the id belongs to one account only.</summary>
    public static string ClientIdOf(ServiceAccount account) => $"{account.VirtualCluster}.{account.Name}";

    public static Refusal? Check(LoginIdentity? identity)
    {
        if (identity is null)
        {
            return null;
        }

        if (!LoginIssuers.All.Contains(identity.Issuer) && (!Uri.TryCreate(identity.Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme != Uri.UriSchemeHttps && !issuer.IsLoopback || identity.Issuer.Length > Longest))
        {
            return Refusal.Invalid("issuer", "oauth-issuer", $"An issuer is an https URL of at most {Longest} characters, as its tokens spell it, or one of: {string.Join(", ", LoginIssuers.All)}.");
        }

        if (identity is { Issuer: LoginIssuers.Anonymous, Subject: not LoginIssuers.AnonymousSubject })
        {
            return Refusal.Invalid("subject", "anonymous-subject", $"Clients without credentials have the subject {LoginIssuers.AnonymousSubject}.");
        }

        return identity.Subject.Length is 0 or > Longest || identity.Subject.Any(char.IsControl)
            ? Refusal.Invalid("subject", "oauth-subject", $"A subject has 1 to {Longest} characters, none of them a control character.")
            : null;
    }

    public static Decision Decide(IssueClientSecret command, ServiceAccount? state)
    {
        if (state is null)
        {
            return Refusal.NotFound("service account", command.ServiceAccount, "serviceAccount");
        }

        if (state.Revoked)
        {
            return new Refusal(Codes.NotPossibleNow, "The service account was revoked.", "serviceAccount", "not-revoked");
        }

        if (state.Kind != ServiceAccountKind.Local)
        {
            return Refusal.Invalid("serviceAccount", "local-account", "Credentials of an external account are issued elsewhere.");
        }

        if (command.Overlap < TimeSpan.Zero || command.Overlap > ClientDecider.MaximumOverlap)
        {
            return ClientDecider.Rotate(command.Overlap, command.Ask.At, command.NewSecret).Refusal!;
        }

        return state.OAuthClientId is null ? Decision.Accept(new OAuthIdentityLinked(null, ClientIdOf(state))) : Decision.Nothing;
    }

    public static Decision Decide(RevokeClientSecret command, ServiceAccount? state) => state switch
    {
        null => Refusal.NotFound("service account", command.ServiceAccount, "serviceAccount"),
        { OAuthClientId: { } clientId } => Decision.Accept(new OAuthIdentityUnlinked(null, clientId, command.Ask.At.ToUnixTimeSeconds() + 1)),
        _ => Decision.Nothing,
    };
}
