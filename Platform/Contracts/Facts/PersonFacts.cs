namespace PartnerPlatform.Contracts.Facts;

/// <summary>
/// Body of <c>POST /people/facts</c> is a list of these: what Identity knows of people and Platform shows or decides by. A repeat changes nothing.
/// </summary>
/// <param name="Id">The person's id.</param>
/// <param name="DisplayName">What the person wants to be called; never part of an event.</param>
/// <param name="AcceptedAt">When the invitation was accepted.</param>
/// <param name="EndedBefore">When the person last logged out everywhere; null = never.</param>
public sealed record PersonFacts(string Id, string DisplayName, DateTimeOffset AcceptedAt, DateTimeOffset? EndedBefore);
