using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>ListConfigResources: the tenant's own topics and groups; brokers and clients' metrics are the operators' of the physical cluster.</summary>
public sealed class ListConfigResourcesApi : NodeApi
{
    private const sbyte Topic = 2;
    private const sbyte Group = 32;

    public override ApiKey Key => ApiKey.ListConfigResources;

    public override Node? Request(Exchange exchange, Node request) =>
        exchange.Access.Allows(exchange.Right.Cluster!.Value, ResourceType.Cluster, "kafka-cluster") ? null : Error(exchange, ErrorCode.ClusterAuthorizationFailed);

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        var shown = new List<Node>();
        foreach (var resource in answer.List("configResources"))
        {
            var name = resource.Text("resourceName")!;
            var own = resource.Get<sbyte>("resourceType") switch
            {
                Topic => view.FindPhysical(Encoding.UTF8.GetBytes(name))?.Name,
                Group => Unprefixed(view, name),
                _ => null,
            };
            if (own is not null)
            {
                shown.Add(resource.Set("resourceName", own));
            }
        }

        answer.Set("configResources", shown);
    }
}
