using System.Runtime.CompilerServices;
using PartnerPlatform.Gateway.Clusters;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Model;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>The current view of each virtual cluster: made anew when the virtual cluster or the topics behind it changed.</summary>
public sealed class TenantViews(ClusterDirectory clusters, TopicIdKey topicIdKey)
{
    private readonly ConditionalWeakTable<object, Holder> _views = [];

    /// <summary>Null: the cluster behind it is not configured on this node, or the node has never been in touch with the control plane.</summary>
    public TenantView? Of(VirtualCluster cluster)
    {
        if (clusters.Find(cluster.PhysicalCluster) is not { } watcher || topicIdKey.Value is not { } key)
        {
            return null;
        }

        var state = watcher.State;
        var holder = _views.GetOrCreateValue(cluster.Lineage);
        var view = holder.View;
        if (view is null || view.Cluster != cluster || view.State.Topics != state.Topics)
        {
            holder.View = view = new TenantView(cluster, state, key, view);
        }

        return view;
    }

    private sealed class Holder
    {
        public volatile TenantView? View;
    }
}
