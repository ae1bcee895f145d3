using PartnerPlatform.Platform.AccessControl;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Aliases;

/// <summary>What goes with a topic's name: claims, ACL bindings over exactly that name, and the index of former names.</summary>
public static class Renames
{
    /// <param name="work">The work that renames.</param>
    /// <param name="id">The alias's, or what is to be one.</param>
    /// <param name="virtualClusterId">Where it has its names.</param>
    /// <param name="name">Its name until now.</param>
    /// <param name="before">A former name that works until now.</param>
    /// <param name="newName">Its name from now on; may be the former one.</param>
    /// <param name="former">What works beside it; null: only the new name does.</param>
    /// <returns>Null: it can be done.</returns>
    public static async Task<Refusal?> Stage(
        Work work, string id, string virtualClusterId, string name, FormerName? before, string newName, FormerName? former, CancellationToken ct)
    {
        if (newName != before?.Name)
        {
            work.TakeClaim(Claim.Alias(virtualClusterId, newName), id, Refusal.Taken("alias", newName, "newName"));
        }

        if (former is null)
        {
            work.DropClaim(Claim.Alias(virtualClusterId, name));
        }

        FormerNames.Stage(work, id, former);
        return await AccessControlChange.StageTopicName(work, virtualClusterId, name, newName, keep: former is not null, ct);
    }

    public static Task<Refusal?> StageEnd(Work work, string id, string virtualClusterId, FormerName former, CancellationToken ct)
    {
        work.DropClaim(Claim.Alias(virtualClusterId, former.Name));
        FormerNames.StageEnd(work, id);
        return AccessControlChange.StageTopicName(work, virtualClusterId, former.Name, null, keep: false, ct);
    }
}
