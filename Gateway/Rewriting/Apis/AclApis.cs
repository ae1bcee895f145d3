using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>ACLs of the virtual cluster, kept by the control plane: no broker is asked.</summary>
public abstract class AclApi(ApiKey key) : NodeApi
{
    public override ApiKey Key => key;

    public override void Response(Exchange exchange, TenantView view, Node answer) => throw new InvalidOperationException($"{key} is never forwarded.");

    /// <summary>Why the caller may not do this at all.</summary>
    protected static (ErrorCode Error, string Message)? Refusal(Exchange exchange) =>
        !exchange.View.Cluster.AclEnabled ? (ErrorCode.SecurityDisabled, "ACLs are off in this virtual cluster.")
        : exchange.Access.Allows(exchange.Right.Cluster!.Value, ResourceType.Cluster, "kafka-cluster") ? null
        : (ErrorCode.ClusterAuthorizationFailed, "Cluster authorization failed.");

    protected static void ShowResource(Node node, AclBinding binding) => node
        .Set("resourceType", (sbyte)AclNames.Parse<ResourceType>(binding.ResourceType)).Set("resourceName", binding.ResourceName)
        .Set("patternType", (sbyte)AclNames.Parse<PatternType>(binding.PatternType));

    protected static void ShowEntry(Node node, AclBinding binding) => node
        .Set("principal", binding.Principal).Set("host", binding.Host)
        .Set("operation", (sbyte)AclNames.Parse<Operation>(binding.Operation)).Set("permissionType", (sbyte)AclNames.Parse<PermissionType>(binding.Permission));

    protected static AclFilter? FilterOf(Node node) => AclFilter.Of(
        node.Get<sbyte>("resourceTypeFilter"), node.Text("resourceNameFilter"), node.Get<sbyte>("patternTypeFilter"),
        node.Text("principalFilter"), node.Text("hostFilter"), node.Get<sbyte>("operation"), node.Get<sbyte>("permissionType"));
}

public sealed class DescribeAclsApi() : AclApi(ApiKey.DescribeAcls)
{
    public override Node Request(Exchange exchange, Node request)
    {
        var answer = AnswerOf(exchange);
        if (Refusal(exchange) is { } refusal)
        {
            return answer.Set("errorCode", (short)refusal.Error).Set("errorMessage", refusal.Message);
        }

        if (FilterOf(request) is not { } filter)
        {
            return answer.Set("errorCode", (short)ErrorCode.InvalidRequest).Set("errorMessage", "The filter holds an unknown code.");
        }

        foreach (var resource in exchange.View.Cluster.AclBindings.Where(filter.Matches).GroupBy(b => (b.ResourceType, b.ResourceName, b.PatternType)))
        {
            var shown = answer.NewChild("resources");
            ShowResource(shown, resource.First());
            foreach (var binding in resource)
            {
                var entry = shown.NewChild("acls");
                ShowEntry(entry, binding);
                shown.List("acls").Add(entry);
            }

            answer.List("resources").Add(shown);
        }

        return answer;
    }
}

/// <summary>A change is accepted by the control plane and live on all nodes in reach before the client is told that it is done.</summary>
public abstract class AclChangeApi(ApiKey key, PlatformClient platform) : AclApi(key)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public override Node? Request(Exchange exchange, Node request) => throw new InvalidOperationException($"{Key} asks the control plane.");

    protected async Task<(ErrorCode Error, string? Message)> ChangeAsync(Exchange exchange, bool grant, IReadOnlyList<AclBinding> bindings, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var answer = await platform.ChangeAclsAsync(new AclChange(exchange.View.Cluster.Name, exchange.Session.Account, grant, bindings), limit.Token);
            return answer.Refusal is { } refusal ? (ErrorCode.InvalidRequest, refusal)
                : answer.Applied < answer.Nodes ? (ErrorCode.RequestTimedOut, $"Accepted, and in force on {answer.Applied} of {answer.Nodes} nodes; the others follow.")
                : (ErrorCode.None, null);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (ErrorCode.RequestTimedOut, "The control plane did not answer; try again.");
        }
    }
}

public sealed class CreateAclsApi(PlatformClient platform) : AclChangeApi(ApiKey.CreateAcls, platform)
{
    public override async ValueTask<Node?> RequestAsync(Exchange exchange, Node request, CancellationToken cancellationToken)
    {
        var bindings = request.List("creations").ConvertAll(BindingOf);
        var (error, message) = Refusal(exchange) is { } refusal ? refusal
            : bindings.Contains(null) ? (ErrorCode.InvalidRequest, "A binding holds a code that is unknown, or of filters only.")
            : bindings.Count == 0 ? (ErrorCode.None, null)
            : await ChangeAsync(exchange, grant: true, bindings!, cancellationToken);
        var answer = AnswerOf(exchange);
        foreach (var _ in bindings)
        {
            answer.List("results").Add(answer.NewChild("results").Set("errorCode", (short)error).Set("errorMessage", message));
        }

        return answer;
    }

    private static AclBinding? BindingOf(Node creation) =>
        AclNames.Of((ResourceType)creation.Get<sbyte>("resourceType")) is { } type
        && AclNames.Of((Operation)creation.Get<sbyte>("operation")) is { } operation
        && AclNames.Of((PermissionType)creation.Get<sbyte>("permissionType")) is { } permission
        && (PatternType)creation.Get<sbyte>("resourcePatternType") is var pattern and (PatternType.Literal or PatternType.Prefixed)
            ? new AclBinding(type, creation.Text("resourceName")!, AclNames.Of(pattern)!, creation.Text("principal")!, creation.Text("host")!, operation, permission)
            : null;
}

public sealed class DeleteAclsApi(PlatformClient platform) : AclChangeApi(ApiKey.DeleteAcls, platform)
{
    public override async ValueTask<Node?> RequestAsync(Exchange exchange, Node request, CancellationToken cancellationToken)
    {
        var answer = AnswerOf(exchange);
        var filters = request.List("filters").ConvertAll(FilterOf);
        var matches = filters.ConvertAll(f => f is null ? [] : exchange.View.Cluster.AclBindings.Where(f.Matches).ToList());
        var all = matches.SelectMany(m => m).Distinct().ToList();
        var (error, message) = Refusal(exchange) is { } refusal ? refusal
            : all.Count == 0 ? (ErrorCode.None, null)
            : await ChangeAsync(exchange, grant: false, all, cancellationToken);
        for (var i = 0; i < filters.Count; i++)
        {
            var result = answer.NewChild("filterResults");
            if (error != ErrorCode.None)
            {
                result.Set("errorCode", (short)error).Set("errorMessage", message);
            }
            else if (filters[i] is null)
            {
                result.Set("errorCode", (short)ErrorCode.InvalidRequest).Set("errorMessage", "The filter holds an unknown code.");
            }
            else
            {
                result.Set("errorMessage", null);
                matches[i].ForEach(binding => AddMatch(result, binding));
            }

            answer.List("filterResults").Add(result);
        }

        return answer;
    }

    private static void AddMatch(Node result, AclBinding binding)
    {
        var match = result.NewChild("matchingAcls").Set("errorMessage", null);
        ShowResource(match, binding);
        ShowEntry(match, binding);
        result.List("matchingAcls").Add(match);
    }
}
