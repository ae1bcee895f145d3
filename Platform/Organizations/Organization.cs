using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.Organizations;

public sealed record OrganizationCreated(string Id, string Name, string DisplayName);

/// <summary>A partner.</summary>
public sealed record Organization(string Id, string Name, string DisplayName) : IState<Organization>, IOwned, IFeedSource
{
    public int Version { get; set; }

    public string OrganizationId => Id;

    public static Organization After(Organization? state, object @event) => (state, @event) switch
    {
        (null, OrganizationCreated e) => new(e.Id, e.Name, e.DisplayName),
        _ => throw Fold.Unknown(state, @event),
    };

    public FeedRow ToFeed() => new($"{Audiences.OrganizationKind}/{Id}", Audiences.Platform, Id, new { Id, Name, DisplayName });
}
