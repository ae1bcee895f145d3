using System.Diagnostics;
using GraphQL;
using GraphQL.MicrosoftDI;
using GraphQL.SystemTextJson;
using GraphQL.Types;
using GraphQL.Utilities;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Configuration;

namespace PartnerPlatform.Platform.Graph;

public static class GraphSetup
{
    public static void AddGraph(this WebApplicationBuilder builder, PlatformOptions settings)
    {
        builder.Services.AddRootFields();
        builder.Services.AddSingleton(new QueryLimitOptions(settings.PartnerIntrospection));
        builder.Services.AddSingleton<Dispatch>().AddSingleton<Reading>().AddSingleton<SubscriptionPlaces>();
        builder.Services.AddGraphQL(graph => graph
            .AddSchema<PlatformSchema>()
            .AddGraphTypes(typeof(PlatformSchema).Assembly)
            .AddAutoClrMappings()
            .AddSystemTextJson()
            .AddScopedSubscriptionExecutionStrategy()
            .AddValidationRule<AccessRule>(useForCachedDocuments: true)
            .AddValidationRule<QueryLimits>(useForCachedDocuments: true)
            .AddValidationRule<TextRule>(useForCachedDocuments: true)
            .AddComplexityAnalyzer(c =>
            {
                c.MaxDepth = QueryLimits.MaximumDepth;
                c.MaxComplexity = QueryLimits.MaximumComplexity;
                c.DefaultListImpactMultiplier = 20;
                c.ValidateComplexityDelegate = QueryLimits.CheckComplexity;
            })
            .AddErrorInfoProvider<ErrorTexts>()
            .AddUnhandledExceptionHandler(context =>
            {
                if (Conflicts.IsUnavailable(context.OriginalException))
                {
                    context.Exception = new RefusedError(new Refusal(Codes.DependencyUnavailable, "The database is away.", Retriable: true));
                }
                else if (context.OriginalException is not OperationCanceledException)
                {
                    var trace = Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("N");
                    GraphLog.Fault(context.ExecutionOptions.RequestServices!.GetRequiredService<ILogger<PlatformSchema>>(), trace, context.OriginalException);
                    context.Exception = new FaultError(trace);
                }

                return Task.CompletedTask;
            }));
    }

    public static void MapGraph(this WebApplication app)
    {
        app.Services.GetRequiredService<ISchema>().Initialize();
        app.Map("/graphql", GraphHttp.Handle).AllowAnonymous();
        app.MapGet("/schema.graphql", (ISchema schema) => Results.Text(Print(schema))).RequireAuthorization(policy => policy.RequireAssertion(
            context => context.User.ToCaller().Role is var role && (role is Roles.Operator or Roles.Auditor || (role == Roles.PartnerAdmin && app.Services.GetRequiredService<QueryLimitOptions>().PartnerIntrospection))));
    }

    public static string Print(ISchema schema)
    {
        schema.Initialize();
        return schema.Print(new PrintOptions { StringComparison = StringComparison.Ordinal });
    }
}

internal static partial class GraphLog
{
    [LoggerMessage(1, LogLevel.Error, "Unexpected fault, trace {TraceId}")]
    public static partial void Fault(ILogger log, string traceId, Exception fault);
}
