using Marten;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Nodes;

public static class NodeSetup
{
    public static void AddNodes(this StoreOptions options) => options.AddStream<Node>(
        (typeof(NodeRegistered), "node_registered"),
        (typeof(NodeEndpointChanged), "node_endpoint_changed"),
        (typeof(NodeRemoved), "node_removed"));

    public static void AddNodes(this WebApplicationBuilder builder, PlatformOptions settings)
    {
        builder.Services.AddSingleton(settings.MasterKey);
        builder.Services.AddOwnTables("nodes", NodeStates.Sql);
        builder.Services.AddSingleton<NodeStates>().AddSingleton<TopicIdKey>().AddScoped<Facts>();
    }
}
