using System.Reflection;
using GraphQL;
using GraphQL.Types;

namespace PartnerPlatform.Platform.Graph;

/// <summary>The rooms' root fields, put together: each room has its own class of queries and of mutations.</summary>
public sealed record RootFields(Type Type, RootKind Kind);

public enum RootKind
{
    Query,
    Mutation,
    Subscription,
}

public sealed class PlatformSchema : Schema
{
    public PlatformSchema(IServiceProvider services, IEnumerable<RootFields> fields) : base(services)
    {
        var all = fields.ToList();
        Description = "The control plane of PartnerPlatform.";
        RegisterVisitor(new SchemaTexts());
        RegisterTypeMapping(typeof(TimeSpan), typeof(DurationGraphType));
        Query = Compose("Query", "What there is.", all.Where(f => f.Kind == RootKind.Query));
        Mutation = Compose("Mutation", "What can be decided. Fields run one after the other; one that is refused does not undo the others.",
            all.Where(f => f.Kind == RootKind.Mutation));
        Subscription = Compose("Subscription", "What happens.", all.Where(f => f.Kind == RootKind.Subscription));
    }

    private static ObjectGraphType Compose(string name, string description, IEnumerable<RootFields> rooms)
    {
        var root = new ObjectGraphType { Name = name, Description = description };
        foreach (var room in rooms.OrderBy(r => r.Type.FullName, StringComparer.Ordinal))
        {
            var graph = (IComplexGraphType)Activator.CreateInstance(typeof(AutoRegisteringObjectGraphType<>).MakeGenericType(room.Type))!;
            foreach (var field in graph.Fields)
            {
                root.AddField(field);
            }
        }

        return root;
    }
}

public static class RootFieldsSetup
{
    /// <summary>Every class whose name ends with Queries, Mutations or Subscriptions in a room's folder.</summary>
    public static void AddRootFields(this IServiceCollection services)
    {
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes().Where(t => t is { IsClass: true, IsPublic: true, IsAbstract: false }))
        {
            RootKind? kind = type.Name switch
            {
                var n when n.EndsWith("Queries", StringComparison.Ordinal) => RootKind.Query,
                var n when n.EndsWith("Mutations", StringComparison.Ordinal) => RootKind.Mutation,
                var n when n.EndsWith("Subscriptions", StringComparison.Ordinal) => RootKind.Subscription,
                _ => null,
            };
            if (kind is { } k)
            {
                services.AddSingleton(new RootFields(type, k));
            }
        }
    }
}
