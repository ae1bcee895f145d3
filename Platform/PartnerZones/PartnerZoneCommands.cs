using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Platform.Aliases;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.PartnerZones;

public sealed record TopicToShare(string NewAliasId, string Name, string PhysicalTopic, SharePermission Permission);

public sealed record AccountToCreate(string NewId, string Name);

/// <param name="VirtualCluster">Null: the zone's name.</param>
/// <param name="SuperUser">Null: <c>name-admin</c>.</param>
public sealed record CreatePartnerZone(
    Ask Ask, string NewId, string NewVirtualClusterId, string NewAccessControlId, string NewSuperUserId, string Name, string Organization,
    string PhysicalCluster, string? VirtualCluster, string? SuperUser, IReadOnlyList<TopicToShare> Topics,
    IReadOnlyList<AccountToCreate> ServiceAccounts) : Command(Ask)
{
    public string VirtualClusterName => VirtualCluster ?? Name;

    public string SuperUserName => SuperUser ?? $"{Name}-admin";
}

public sealed record ShareTopic(Ask Ask, string Zone, TopicToShare Topic) : Command(Ask);

public sealed record WithdrawTopic(Ask Ask, string Zone, string Name) : Command(Ask);

/// <param name="Grace">How long the name until now works on; null: it ends at once.</param>
public sealed record RenameSharedTopic(Ask Ask, string Zone, string Name, string To, Grace? Grace) : Command(Ask);

/// <param name="Name">The topic's name of now.</param>
public sealed record EndSharedTopicFormerName(Ask Ask, string Zone, string Name) : Command(Ask);

public sealed record SuspendPartnerZone(Ask Ask, string Zone) : Command(Ask);

public sealed record ResumePartnerZone(Ask Ask, string Zone) : Command(Ask);

/// <summary>The platform's own: whatever was missing and is there now becomes ready; what is missing too long is said to have failed.</summary>
/// <param name="GiveUp">What is still missing is late.</param>
public sealed record CompletePartnerZone(Ask Ask, string ZoneId, bool GiveUp) : Command(Ask);
