using System.Diagnostics;
using System.Text;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.Gateway.Model;

/// <summary>A name in a virtual cluster for a topic of a physical cluster. A topic that is being renamed has two: each is an alias, and the other's twin.</summary>
public sealed class Alias
{
    /// <param name="document">As decided.</param>
    /// <param name="before">The one that this takes the place of.</param>
    public Alias(AliasDocument document, Alias? before = null)
        : this(document, document.Name, false)
    {
        if (document.FormerName is { } former)
        {
            Twin = new Alias(document, former, true) { Twin = this };
            RenamedAt = Twin.RenamedAt = before?.Twin is not null && before.Name == Name ? before.RenamedAt : Stopwatch.GetTimestamp();
        }
    }

    private Alias(AliasDocument document, string name, bool isFormer)
    {
        (Id, Name, IsFormer, PhysicalCluster, PhysicalTopic, Permission) = (document.Id, name, isFormer, document.PhysicalCluster, document.PhysicalTopic, document.Permission);
        MarksProducers = (document.Renames - (isFormer ? 1 : 0)) % 2 != 0;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        PhysicalTopicUtf8 = Encoding.UTF8.GetBytes(document.PhysicalTopic);
    }

    /// <summary>Id of the stream, the same for both names.</summary>
    public string Id { get; }

    public string Name { get; }

    public byte[] NameUtf8 { get; }

    /// <summary>The other name of the topic; null: it has one.</summary>
    public Alias? Twin { get; private init; }

    /// <summary>It is the name from before.</summary>
    public bool IsFormer { get; }

    /// <summary>When this node learnt of the second name; a <see cref="Stopwatch"/> timestamp.</summary>
    public long RenamedAt { get; private set; }

    /// <summary>Every second name in a row: a producer that writes under two is two producers to the broker, which counts its batches by topic.</summary>
    public bool MarksProducers { get; }

    public string PhysicalCluster { get; }

    public string PhysicalTopic { get; }

    public byte[] PhysicalTopicUtf8 { get; }

    public SharePermission Permission { get; }
}
