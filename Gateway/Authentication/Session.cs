using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Authentication;

/// <summary>Why a client may not be who it says, or not any more.</summary>
/// <param name="Code">See <see cref="LoginCodes"/>.</param>
/// <param name="Reason">For the log.</param>
public sealed record LoginRefusal(string Code, string Reason);

/// <summary>Who a client connection is, once it has logged in.</summary>
/// <param name="VirtualCluster">The tenant.</param>
/// <param name="Account">Name of the service account.</param>
/// <param name="Credential">What it logged in with.</param>
/// <param name="ExpiresAt">Unix seconds.</param>
/// <param name="Host">IP address of the client, for ACLs.</param>
/// <param name="Lapse">Asked every second: why the session may not go on by what is not in the model; null: it may.</param>
public sealed record Session(VirtualClusterHandle VirtualCluster, string Account, Credential Credential, long ExpiresAt, string Host, Func<string?>? Lapse = null)
{
    public string Principal { get; } = "User:" + Account;

    /// <summary>It belongs to no virtual cluster: the backing cluster knows its account and its rights, and no service account does.</summary>
    public bool IsOfNoVirtualCluster => VirtualCluster == Passthrough.Handle;

    /// <summary>Why the session may not go on by what is decided now; null: it may.</summary>
    public LoginRefusal? Refusal()
    {
        if (VirtualCluster.Current is not { } cluster)
        {
            return new(LoginCodes.UnknownAccount, "the virtual cluster is gone");
        }

        if (cluster.Suspended)
        {
            return new(LoginCodes.Suspended, "the virtual cluster is suspended");
        }

        if (IsOfNoVirtualCluster)
        {
            return null;
        }

        if (!cluster.Accounts.TryGetValue(Account, out var account))
        {
            return new(LoginCodes.UnknownAccount, "there is no such service account");
        }

        return account.Revoked ? new(LoginCodes.AccountRevoked, "the service account is revoked")
            : Credential.IssuedAt < account.IssuedBefore || !Credential.Holds(account) ? new(LoginCodes.TokenRevoked, "the token is revoked")
            : null;
    }
}

/// <summary>What a client logged in with.</summary>
/// <param name="IssuedAt">Unix seconds.</param>
public abstract record Credential(long IssuedAt)
{
    /// <summary>Name of the SASL mechanism that it came by; without SASL what stands in its place.</summary>
    public abstract string Mechanism { get; }

    /// <summary>Whether it is still one of the account's.</summary>
    public abstract bool Holds(ServiceAccountDocument account);
}

/// <summary>A token of the platform's own, used as a password.</summary>
public sealed record IssuedToken(string Id, long IssuedAt) : Credential(IssuedAt)
{
    public override string Mechanism => PlainAuthenticator.Mechanism;

    public override bool Holds(ServiceAccountDocument account) => account.Kind == ServiceAccountKind.Local && account.Tokens.Any(t => t.Id == Id);
}

/// <summary>What an issuer vouches for: an OAuth access token, a certificate, a login at the backing cluster.</summary>
/// <param name="Issuer">See <see cref="LoginIdentity"/>.</param>
public sealed record VouchedLogin(string? Issuer, string Subject, string By, long IssuedAt) : Credential(IssuedAt)
{
    public override string Mechanism => By;

    public override bool Holds(ServiceAccountDocument account) =>
        account.Identities?.FirstOrDefault(i => i.Issuer == Issuer && i.Subject == Subject) is { } identity && IssuedAt >= identity.IssuedBefore;
}
