using System.Text.Json;
using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.NewZone;

/// <param name="Credential">The token, or the client secret; null when this is the answer of an earlier try, which showed it.</param>
public sealed record CreatedZone(Change Change, string? Credential)
{
    /// <summary>Without the credential.</summary>
    public override string ToString() => $"zone created by {Change}";
}

/// <summary>From a draft to a zone with an application that can log in. Each step has its own key, so that all of it can be repeated after a break.</summary>
public sealed class ZoneCreation(PlatformApi api)
{
    /// <summary>What the zone would be; nothing is changed.</summary>
    /// <exception cref="RefusedException">Platform would refuse it.</exception>
    public async Task Check(ZoneDraft draft)
    {
        if (draft.NewPartner)
        {
            // A zone of a partner that does not exist yet cannot be asked about.
            await api.Mutate("createOrganization", Partner(draft, dryRun: true), "change { id }");
            return;
        }

        await api.Mutate("createPartnerZone", Zone(draft, dryRun: true), "change { id }");
    }

    /// <exception cref="RefusedException">Platform refused a step; those before it are done, and repeating is harmless.</exception>
    public async Task<CreatedZone> Create(ZoneDraft draft)
    {
        if (draft.NewPartner)
        {
            await api.Mutate("createOrganization", Partner(draft, dryRun: false), "change { id }");
        }

        var zone = await api.Mutate("createPartnerZone", Zone(draft, dryRun: false), Change.Fields);
        var credential = await api.Mutate(draft.OAuth ? "issueClientSecret" : "issueToken", new
        {
            virtualCluster = draft.ZoneName, serviceAccount = draft.Application, reason = draft.Reason, idempotencyKey = Key(draft, "credential"), awaitEnforcement = "PT10S",
        }, draft.OAuth ? "secret" : "token");
        return new(
            zone.GetProperty("change").Deserialize<Change>(PlatformApi.Json)!,
            credential.GetProperty(draft.OAuth ? "secret" : "token").GetString());
    }

    private static object Partner(ZoneDraft draft, bool dryRun) => new
    {
        name = draft.Partner, displayName = draft.DisplayName.Trim() is { Length: > 0 } displayName ? displayName : null, reason = Reason(draft), dryRun,
        idempotencyKey = dryRun ? null : Key(draft, "partner"),
    };

    private static object Zone(ZoneDraft draft, bool dryRun) => new
    {
        name = draft.ZoneName,
        organization = draft.Partner,
        physicalCluster = draft.Cluster,
        topics = draft.Topics.Select(t => new { name = t.Name, physicalTopic = t.PhysicalTopic, permission = t.Permission }),
        serviceAccounts = new[] { draft.Application },
        reason = Reason(draft),
        dryRun,
        idempotencyKey = dryRun ? null : Key(draft, "zone"),
    };

    private static string Reason(ZoneDraft draft) => draft.Reason.Trim() is { Length: > 0 } reason ? reason : "what it would be";

    private static string Key(ZoneDraft draft, string step) => $"{draft.Id}-{step}";
}
