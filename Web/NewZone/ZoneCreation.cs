using System.Security.Cryptography;
using System.Text.Json;
using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.NewZone;

/// <param name="Credential">The token, or the client secret; null when this is the answer of an earlier try, which showed it.</param>
public sealed record CreatedZone(Change Change, string? Credential)
{
    /// <summary>Without the credential.</summary>
    public override string ToString() => $"zone created by {Change}";
}

/// <summary>
/// From a draft to a zone with an application that can log in. What is done is noted in the draft; what may have been done has a key of its step and
/// what the step is asked for, so that all of it can be repeated after a break, as it was or corrected.
/// </summary>
public sealed class ZoneCreation(PlatformApi api)
{
    /// <summary>What the zone would be; nothing is changed.</summary>
    /// <exception cref="RefusedException">Platform would refuse it.</exception>
    public async Task Check(ZoneDraft draft)
    {
        if (draft.NewPartner)
        {
            // A zone of a partner that does not exist yet cannot be asked about.
            await api.Mutate("createOrganization", new Dictionary<string, object?>(Partner(draft)) { ["dryRun"] = true }, "change { id }");
        }
        else if (draft.Made is null)
        {
            await api.Mutate("createPartnerZone", new Dictionary<string, object?>(Zone(draft)) { ["dryRun"] = true }, "change { id }");
        }
    }

    /// <param name="keep">Called when a step is done and the draft says so.</param>
    /// <exception cref="RefusedException">Platform refused a step; those before it are done, and repeating is harmless.</exception>
    public async Task<CreatedZone> Create(ZoneDraft draft, Func<Task> keep)
    {
        if (draft.NewPartner)
        {
            await Do("createOrganization", draft, Partner(draft), "change { id }");
            draft.NewPartner = false;
            await keep();
        }

        if (draft.Made is null)
        {
            var zone = await Do("createPartnerZone", draft, Zone(draft), Change.Fields);
            draft.Made = zone.GetProperty("change").Deserialize<Change>(PlatformApi.Json);
            await keep();
        }

        var credential = draft.OAuth ? "secret" : "token";
        var issued = await Do(draft.OAuth ? "issueClientSecret" : "issueToken", draft, Credential(draft), credential);
        return new(draft.Made!, issued.GetProperty(credential).GetString());
    }

    private Task<JsonElement> Do(string mutation, ZoneDraft draft, Dictionary<string, object?> input, string fields)
    {
        // Platform takes a key for one input only.
        var key = $"{draft.Id}-{mutation}-{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input, PlatformApi.Json)))}";
        return api.Mutate(mutation, new Dictionary<string, object?>(input) { ["idempotencyKey"] = key }, fields);
    }

    private static Dictionary<string, object?> Partner(ZoneDraft draft) => new()
    {
        ["name"] = draft.Partner, ["displayName"] = draft.DisplayName.Trim() is { Length: > 0 } displayName ? displayName : null, ["reason"] = Reason(draft),
    };

    private static Dictionary<string, object?> Zone(ZoneDraft draft) => new()
    {
        ["name"] = draft.ZoneName,
        ["organization"] = draft.Partner,
        ["physicalCluster"] = draft.Cluster,
        ["topics"] = draft.Topics.Select(t => new { name = t.Name, physicalTopic = t.PhysicalTopic, permission = t.Permission }),
        ["serviceAccounts"] = new[] { draft.Application },
        ["reason"] = Reason(draft),
    };

    private static Dictionary<string, object?> Credential(ZoneDraft draft) => new()
    {
        ["virtualCluster"] = draft.ZoneName, ["serviceAccount"] = draft.Application, ["reason"] = Reason(draft), ["awaitEnforcement"] = "PT10S",
    };

    private static string Reason(ZoneDraft draft) => draft.Reason.Trim() is { Length: > 0 } reason ? reason : "what it would be";
}
