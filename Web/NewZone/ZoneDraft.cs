using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Zones;

namespace PartnerPlatform.Web.NewZone;

public sealed class DraftTopic
{
    public string PhysicalTopic { get; set; } = "";

    public string Name { get; set; } = "";

    public string Permission { get; set; } = "READ";
}

/// <summary>
/// A zone that is being thought of. It lives in the person's browser, encrypted by the server, so that leaving and coming back loses nothing; it holds
/// no secret.
/// </summary>
public sealed class ZoneDraft
{
    /// <summary>Part of the idempotency keys: a zone that is created twice by a torn connection is created once.</summary>
    public string Id { get; set; } = Guid.NewGuid().ToString("N");

    /// <summary>True: the partner is made with the zone.</summary>
    public bool NewPartner { get; set; } = true;

    public string Partner { get; set => field = value.Trim(); } = "";

    public string DisplayName { get; set; } = "";

    public string Zone { get; set => field = value.Trim(); } = "";

    public string Cluster { get; set; } = "main";

    public List<DraftTopic> Topics { get; set; } = [];

    public string Application { get; set => field = value.Trim(); } = "app";

    public bool OAuth { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>The zone exists, by this change; only the credential is missing.</summary>
    public Change? Made { get; set; }

    public string ZoneName => Zone.Length > 0 ? Zone : Partner;

    public bool HasPartner => Partner.Length > 0;

    public bool HasTopics => Topics.Count > 0 && Topics.TrueForAll(t => t.Name.Length > 0) && Topics.DistinctBy(t => t.Name).Count() == Topics.Count;

    public bool HasApplication => Application.Length > 0;

    public bool Complete => HasPartner && HasTopics && HasApplication && Reason.Trim().Length > 0;

    /// <summary>Adds a topic, or takes it out again.</summary>
    public void Toggle(string physicalTopic)
    {
        if (Topics.RemoveAll(t => t.PhysicalTopic == physicalTopic) == 0)
        {
            Topics.Add(new DraftTopic { PhysicalTopic = physicalTopic, Name = AliasProposal.For(physicalTopic) });
        }
    }
}
