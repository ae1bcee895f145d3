using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Nodes;

public static class NodeSetup
{
    public static void AddNodes(this StoreOptions options) => options.AddStream<Node>(
        (typeof(NodeRegistered), "node_registered"),
        (typeof(NodeEndpointChanged), "node_endpoint_changed"),
        (typeof(NodeRemoved), "node_removed"));

    public static void AddNodes(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(MasterKey.FromFile(
            builder.Configuration.Required(MasterKey.FileVariable, "file with 32 random bytes in base64; seals keys kept in the database")));
        builder.Services.AddOwnTables("nodes", NodeStates.Sql);
        builder.Services.AddSingleton<NodeStates>().AddSingleton<TopicIdKey>().AddScoped<Facts>();
    }
}
