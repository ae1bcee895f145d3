using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Authentication.Delegated;

/// <summary>Where somebody belongs whom the backing cluster has accepted: to a service account that is linked to its user, else to no virtual cluster, if that is allowed.</summary>
public sealed class DelegatedLogin(ModelStore model, GatewayOptions options, OAuthOptions oauth, TimeProvider time, ConfluentCloudPrincipals? confluentCloud = null)
{
    /// <summary>Claim of bearer tokens that names the cluster's user.</summary>
    public string SubjectClaim => oauth.SubjectClaim;

    /// <param name="user">Accepted by the cluster.</param>
    /// <param name="lifetimeMs">How long the cluster lets the login live; 0: for ever.</param>
    public async Task<LoginResult> OfAsync(string user, string mechanism, long lifetimeMs, string host, CancellationToken cancellationToken)
    {
        if (mechanism == ClaimedLogin.Plain && confluentCloud is not null)
        {
            if (await confluentCloud.OwnerOfAsync(user, cancellationToken) is not { } owner)
            {
                return Refused(LoginCodes.OwnerUnknown, "whose API key this is cannot be found out", user);
            }

            user = owner;
        }

        var now = time.GetUtcNow();
        var credential = new VouchedLogin(LoginIssuers.Kafka, user, mechanism, now.ToUnixTimeSeconds());
        var expiresAt = lifetimeMs <= 0 ? long.MaxValue : now.ToUnixTimeSeconds() + (long)Math.Ceiling(lifetimeMs / 1000.0);
        if (model.Find(LoginIssuers.Kafka, user) is { } account)
        {
            return account.VirtualCluster.Current is { PhysicalCluster: not KafkaClusterOptions.Main }
                ? LoginResult.Refused(LoginCodes.UnknownAccount, "the account's virtual cluster is of another physical cluster than the one that accepted the login", null, user)
                : LoginResult.Of(new Session(account.VirtualCluster, account.Name, credential, expiresAt, host));
        }

        return options.VirtualClusterIsMandatory
            ? LoginResult.Refused(LoginCodes.UnknownAccount, "the cluster's user is linked to no service account", null, user)
            : LoginResult.Of(new Session(Passthrough.Handle, user, credential, expiresAt, host, () => model.Find(LoginIssuers.Kafka, user) is null ? null : "its user belongs to a virtual cluster now"));
    }

    /// <summary>A refusal, to be found by the account that the user is linked to.</summary>
    public LoginResult Refused(string code, string reason, string user) => model.Find(LoginIssuers.Kafka, user) is { } account
        ? LoginResult.Refused(code, reason, account.VirtualCluster.Current?.Name, account.Name)
        : LoginResult.Refused(code, reason, null, user);
}
