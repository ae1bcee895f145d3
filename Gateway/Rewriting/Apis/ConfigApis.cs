using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>Configurations of topics and groups of the tenant; those of brokers tell of machines and are for the operators of the physical cluster.</summary>
/// <param name="key">The API.</param>
/// <param name="responseField">List of results in the answer.</param>
public abstract class ConfigApi(ApiKey key, string responseField) : NodeApi
{
    private const sbyte Topic = 2;
    private const sbyte Group = 32;

    public override ApiKey Key => key;

    public override Node? Request(Exchange exchange, Node request)
    {
        var refused = new List<Refused>();
        var allowed = new List<Node>();
        foreach (var resource in request.List("resources"))
        {
            var (type, name) = (resource.Get<sbyte>("resourceType"), resource.Text("resourceName")!);
            var topic = type == Topic ? exchange.View.Find(Encoding.UTF8.GetBytes(name)) : null;
            var (error, message) = type switch
            {
                Topic => Check(exchange.Access.CheckTopic(exchange.Right.Topic!.Value, name, topic), resource),
                Group => Check(exchange.Access.CheckGroup(exchange.Right.Group!.Value, name), resource),
                _ => (ErrorCode.ClusterAuthorizationFailed, null),
            };
            if (error == ErrorCode.None)
            {
                allowed.Add(resource.Set("resourceName", topic?.PhysicalName ?? Prefixed(exchange, name)));
            }
            else
            {
                refused.Add(new Refused(type, name, error, message));
            }
        }

        exchange.State = refused;
        request.Set("resources", allowed);
        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        foreach (var result in answer.List(responseField))
        {
            var name = result.Text("resourceName")!;
            result.Set("resourceName", (result.Get<sbyte>("resourceType") == Topic ? view.FindPhysical(Encoding.UTF8.GetBytes(name))?.Name : Unprefixed(view, name))
                ?? throw new ConnectionRefusedException("A resource in an answer is not the tenant's."));
            CleanError(result, view);
            Show(result);
        }

        WithRefused(answer, (List<Refused>)exchange.State!);
    }

    protected virtual void Show(Node result)
    {
    }

    /// <summary>Why the configurations that are asked for may not be touched, whatever the rights are.</summary>
    protected virtual (ErrorCode Error, string? Message) Check(ErrorCode right, Node resource) => (right, null);

    private Node WithRefused(Node answer, List<Refused> refused)
    {
        foreach (var (type, name, error, message) in refused)
        {
            answer.List(responseField).Add(answer.NewChild(responseField)
                .Set("resourceType", type).Set("resourceName", name).Set("errorCode", (short)error).Set("errorMessage", message));
        }

        return answer;
    }

    private sealed record Refused(sbyte Type, string Name, ErrorCode Error, string? Message);
}

/// <summary>DescribeConfigs: values that hold physical broker ids, and the brokers' own settings among the synonyms, are left out.</summary>
public sealed class DescribeConfigsApi() : ConfigApi(ApiKey.DescribeConfigs, "results")
{
    private const sbyte FromTopic = 1;
    private const sbyte FromDefault = 5;
    private const sbyte FromGroup = 8;

    protected override void Show(Node result)
    {
        result.Set("configs", result.List("configs").Where(c => !ThrottledReplicas.Is(c.Text("name"))).ToList());
        foreach (var config in result.List("configs"))
        {
            config.Set("synonyms", config.List("synonyms").Where(s => s.Get<sbyte>("source") is FromTopic or FromDefault or FromGroup).ToList());
        }
    }
}

public abstract class ConfigChangeApi(ApiKey key) : ConfigApi(key, "responses")
{
    protected override (ErrorCode Error, string? Message) Check(ErrorCode right, Node resource) =>
        right == ErrorCode.None && ThrottledReplicas.AreIn(resource.List("configs").Select(c => c.Text("name"))) ? (ErrorCode.InvalidConfig, ThrottledReplicas.Refusal) : (right, null);
}

public sealed class AlterConfigsApi() : ConfigChangeApi(ApiKey.AlterConfigs);

public sealed class IncrementalAlterConfigsApi() : ConfigChangeApi(ApiKey.IncrementalAlterConfigs);
