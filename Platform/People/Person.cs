using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.People;

/// <summary>Of people, events hold ids and hashes only; who it is, Identity knows.</summary>
public sealed record PersonInvited(string Id, string Role, string? OrganizationId, OneTimeCode Code);

/// <summary>Let in by the identity provider that Identity trusts, in a role that the provider's claims were mapped to.</summary>
public sealed record PersonAdmitted(string Id, string Role, string? OrganizationId);

public sealed record PersonInvitationRenewed(OneTimeCode Code);

public sealed record PersonPasswordResetIssued(OneTimeCode Code);

/// <param name="IssuedBefore">Tokens with the role before it are refused.</param>
public sealed record PersonRoleChanged(string Role, string? OrganizationId, long IssuedBefore);

/// <summary>Logged out everywhere: logins and tokens from before the moment (Unix seconds) have ended.</summary>
public sealed record PersonSessionsEnded(long IssuedBefore);

public sealed record PersonRemoved;

/// <summary>Someone who may log in, from the invitation or the first login at the identity provider on.</summary>
/// <param name="Code">The newest one-time code; null for those whom the identity provider lets in.</param>
public sealed record Person(string Id, string Role, string? OrganizationId, OneTimeCode? Code, long IssuedBefore, bool Removed)
    : IState<Person>, IOwned, IFeedSource
{
    public int Version { get; set; }

    /// <summary>Logs in at the identity provider, which decides the role.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool FromProvider => Code is null;

    public static Person After(Person? state, object @event) => (state, @event) switch
    {
        (null, PersonInvited e) => new(e.Id, e.Role, e.OrganizationId, e.Code, 0, false),
        (null, PersonAdmitted e) => new(e.Id, e.Role, e.OrganizationId, null, 0, false),
        ({ } s, PersonInvitationRenewed e) => s with { Code = e.Code },
        ({ } s, PersonPasswordResetIssued e) => s with { Code = e.Code },
        ({ } s, PersonRoleChanged e) => s with { Role = e.Role, OrganizationId = e.OrganizationId, IssuedBefore = e.IssuedBefore },
        ({ } s, PersonSessionsEnded e) => s with { IssuedBefore = e.IssuedBefore },
        ({ } s, PersonRemoved) => s with { Removed = true },
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new(
        FeedKinds.Key(FeedKinds.Person, Id), Audiences.Identity, OrganizationId,
        Removed ? null : new PersonDocument(Id, Role, OrganizationId, IssuedBefore, Code));
}
