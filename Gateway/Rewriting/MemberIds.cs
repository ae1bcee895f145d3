using System.Text;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>
/// Ids of group members. Brokers of the classic protocol make them of the client id, which has the tenant's prefix there; clients see a mark in its place. The mark
/// is no character of a static member's name, so that the way back is clear.
/// </summary>
public static class MemberIds
{
    private const char Mark = '~';

    public static Replacement ToBroker(ReadOnlySpan<byte> id, VirtualCluster cluster) =>
        id.Length > 0 && id[0] == Mark ? Replacement.With([.. cluster.PrefixUtf8, .. id[1..]]) : Replacement.None;

    public static Replacement ToClient(ReadOnlySpan<byte> id, VirtualCluster cluster) =>
        id.StartsWith(cluster.PrefixUtf8) ? Replacement.With([(byte)Mark, .. id[cluster.PrefixUtf8.Length..]]) : Replacement.None;

    /// <summary>Changes a field of a node.</summary>
    public static void ToBroker(Node node, string field, VirtualCluster cluster) => Change(node, field, id => ToBroker(id, cluster));

    /// <summary>Changes a field of a node.</summary>
    public static void ToClient(Node node, string field, VirtualCluster cluster) => Change(node, field, id => ToClient(id, cluster));

    private static void Change(Node node, string field, Func<byte[], Replacement> change)
    {
        if (node.Has(field) && node.Text(field) is { } id && change(Encoding.UTF8.GetBytes(id)).Bytes is { } changed)
        {
            node.Set(field, Encoding.UTF8.GetString(changed));
        }
    }
}
