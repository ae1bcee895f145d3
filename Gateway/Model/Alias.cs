using System.Text;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Gateway.Model;

/// <summary>A name in a virtual cluster for a topic of a physical cluster.</summary>
public sealed class Alias(AliasDocument document)
{
    public string Name { get; } = document.Name;

    public byte[] NameUtf8 { get; } = Encoding.UTF8.GetBytes(document.Name);

    public string PhysicalCluster { get; } = document.PhysicalCluster;

    public string PhysicalTopic { get; } = document.PhysicalTopic;

    public byte[] PhysicalTopicUtf8 { get; } = Encoding.UTF8.GetBytes(document.PhysicalTopic);

    public SharePermission Permission { get; } = document.Permission;
}
