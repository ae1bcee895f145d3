using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Organizations;
using PartnerPlatform.Platform.VirtualClusters;

namespace PartnerPlatform.Platform.PartnerZones;

public static class PartnerZoneDecider
{
    public const int MaximumTopics = 1_000;
    public const int MaximumAccounts = 50;

    /// <param name="cluster">The virtual cluster that the same work creates.</param>
    /// <param name="known">Physical topics that nodes have seen.</param>
    public static Decision Decide(
        CreatePartnerZone command, Organization? organization, VirtualCluster? cluster, IReadOnlySet<string> known)
    {
        if (Check(command) is { } bad)
        {
            return bad;
        }

        if (organization is null)
        {
            return Refusal.NotFound("organisation", command.Organization, "organization");
        }

        if (cluster is null)
        {
            return Refusal.NotFound("virtual cluster", command.VirtualClusterName, "virtualCluster");
        }

        var zone = new PartnerZoneCreated(
            command.NewId, command.Name, organization.Id, cluster.Id, cluster.Name, cluster.PhysicalClusterId, cluster.PhysicalCluster,
            command.SuperUserName);
        return Decision.Accept([zone, .. command.Topics.SelectMany(t => Share(t, known.Contains(t.PhysicalTopic)))]);
    }

    public static Refusal? Check(CreatePartnerZone command)
    {
        if ((Names.CheckSlug(command.Name) ?? Names.CheckAccount(command.SuperUserName, "superUser")) is { } bad)
        {
            return bad;
        }

        if (command.Topics.Count > MaximumTopics)
        {
            return new Refusal(Codes.LimitReached, $"A zone shares at most {MaximumTopics} topics.", "topics", "topics");
        }

        if (command.ServiceAccounts.Count > MaximumAccounts)
        {
            return new Refusal(Codes.LimitReached, $"Create at most {MaximumAccounts} accounts with a zone.", "serviceAccounts", "accounts");
        }

        if (command.Topics.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return Refusal.Invalid("topics.name", "unique-name", $"Two topics are named '{twice.Key}'.");
        }

        if (command.Topics.GroupBy(t => t.PhysicalTopic).FirstOrDefault(g => g.Count() > 1) is { } one)
        {
            return Refusal.Invalid("topics.physicalTopic", "one-name-per-topic", $"The topic '{one.Key}' is given two names.");
        }

        var accounts = command.ServiceAccounts.Select(a => a.Name).Append(command.SuperUserName).ToList();
        return accounts.Distinct(StringComparer.Ordinal).Count() < accounts.Count
            ? Refusal.Invalid("serviceAccounts.name", "unique-name", "Two service accounts have the same name.")
            : command.Topics.Select(CheckTopic).FirstOrDefault(r => r is not null);
    }

    public static Decision Decide(ShareTopic command, PartnerZone? state, bool known)
    {
        if (state is null)
        {
            return NotFound(command.Zone);
        }

        if (CheckTopic(command.Topic) is { } bad)
        {
            return bad;
        }

        if (state.Topics.Any(t => t.Name == command.Topic.Name || t.Former?.Name == command.Topic.Name))
        {
            return Refusal.Taken("alias", command.Topic.Name);
        }

        return state.Topics.Count >= MaximumTopics
            ? new Refusal(Codes.LimitReached, $"A zone shares at most {MaximumTopics} topics.", "name", "topics")
            : Decision.Accept([.. Share(command.Topic, known)]);
    }

    public static Decision Decide(WithdrawTopic command, PartnerZone? state)
    {
        return Find(state, command.Zone, command.Name, out var topic) is { } refusal ? refusal : Decision.Accept(new TopicWithdrawn(topic.AliasId));
    }

    public static Decision Decide(RenameSharedTopic command, PartnerZone? state)
    {
        if (Find(state, command.Zone, command.Name, out var topic) is { } refusal)
        {
            return refusal;
        }

        if (FormerName.CheckRename(topic.Former, command.To, command.Grace, command.Ask.At) is { } bad)
        {
            return bad;
        }

        if (state!.Topics.Any(t => t.AliasId != topic.AliasId && (t.Name == command.To || t.Former?.Name == command.To)))
        {
            return Refusal.Taken("alias", command.To, "newName");
        }

        // What no client has seen yet needs no time to change.
        var former = topic.Ready ? FormerName.Of(topic.Name, command.Ask.At, command.Grace) : null;
        return topic.Name == command.To ? Decision.Nothing : Decision.Accept(new SharedTopicRenamed(topic.AliasId, command.To, former));
    }

    public static Decision Decide(EndSharedTopicFormerName command, PartnerZone? state) =>
        Find(state, command.Zone, command.Name, out var topic) is { } refusal ? refusal : EndFormer(topic);

    /// <summary>Nothing where it has none.</summary>
    public static Decision EndFormer(SharedTopic topic) => topic.Former is { } former ? Decision.Accept(new SharedTopicFormerNameEnded(topic.AliasId, former.Name)) : Decision.Nothing;

    private static Refusal? Find(PartnerZone? state, string zone, string name, out SharedTopic topic)
    {
        topic = state?.Topics.FirstOrDefault(t => t.Name == name)!;
        return state is null ? NotFound(zone) : topic is null ? Refusal.NotFound("shared topic", name, "name") : null;
    }

    public static Decision Decide(SuspendPartnerZone command, PartnerZone? state) => state switch
    {
        null => NotFound(command.Zone),
        { Suspended: true } => Decision.Nothing,
        _ => Decision.Accept(new PartnerZoneSuspended()),
    };

    public static Decision Decide(ResumePartnerZone command, PartnerZone? state) => state switch
    {
        null => NotFound(command.Zone),
        { Suspended: false } => Decision.Nothing,
        _ => Decision.Accept(new PartnerZoneResumed()),
    };

    public static Decision Decide(CompletePartnerZone command, PartnerZone? state, IReadOnlySet<string> known)
    {
        if (state is null)
        {
            return NotFound(command.ZoneId);
        }

        var waiting = state.Topics.Where(t => !t.Ready).ToList();
        var events = waiting.Where(t => known.Contains(t.PhysicalTopic)).Select(object (t) => new SharedTopicReady(t.AliasId)).ToList();
        if (command.GiveUp && state.Failure is null && waiting.FirstOrDefault(t => !known.Contains(t.PhysicalTopic)) is { } late)
        {
            events.Add(new PartnerZoneFailed($"Topic '{late.PhysicalTopic}' has not appeared in '{state.PhysicalCluster}'."));
        }

        return Decision.Accept([.. events]);
    }

    private static IEnumerable<object> Share(TopicToShare topic, bool known)
    {
        yield return new TopicShared(topic.NewAliasId, topic.Name, topic.PhysicalTopic, topic.Permission);
        if (known)
        {
            yield return new SharedTopicReady(topic.NewAliasId);
        }
    }

    private static Refusal? CheckTopic(TopicToShare topic) =>
        Names.CheckTopic(topic.Name, "name") ?? Names.CheckTopic(topic.PhysicalTopic, "physicalTopic");

    private static Refusal NotFound(string name) => Refusal.NotFound("partner zone", name, "zone");
}
