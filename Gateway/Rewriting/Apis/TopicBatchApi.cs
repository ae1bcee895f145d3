using System.Text;
using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>
/// An API that does something to several topics of the tenant's own by their names, each with an answer of its own: refused ones are answered here.
/// What a share stands for belongs to another, so none of this is for it.
/// </summary>
/// <param name="key">The API.</param>
/// <param name="responseField">List of structs with <c>name</c> in the answer.</param>
public abstract class TopicBatchApi(ApiKey key, string responseField) : NodeApi
{
    private const string RequestField = "topics";

    public override ApiKey Key => key;

    public override Node? Request(Exchange exchange, Node request)
    {
        var refused = new List<Refused>();
        var allowed = new List<Node>();
        foreach (var item in request.List(RequestField))
        {
            var name = item.Text("name")!;
            var topic = exchange.View.Find(Encoding.UTF8.GetBytes(name));
            var (error, message) = Check(exchange, name, topic, item);
            if (error == ErrorCode.None)
            {
                allowed.Add(item.Set("name", topic!.PhysicalName));
            }
            else
            {
                refused.Add(new Refused(name, item, error, message));
            }
        }

        exchange.State = refused;
        request.Set(RequestField, allowed);
        return allowed.Count > 0 ? null : WithRefused(AnswerOf(exchange), refused);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        foreach (var result in answer.List(responseField))
        {
            var topic = view.FindPhysical(Encoding.UTF8.GetBytes(result.Text("name")!)) ?? throw new ConnectionRefusedException("A topic in an answer is not the tenant's.");
            result.Set("name", topic.Name);
            CleanError(result, view);
            Show(exchange, view, topic, result);
        }

        WithRefused(answer, (List<Refused>)exchange.State!);
    }

    /// <summary>Whether the topic may be touched; may change the item into the broker's terms.</summary>
    protected virtual (ErrorCode Error, string? Message) Check(Exchange exchange, string name, TenantTopic? topic, Node item)
    {
        var error = exchange.Access.CheckTopic(exchange.Right.Topic!.Value, name, topic);
        return error == ErrorCode.None && topic!.Permission is not null ? (ErrorCode.TopicAuthorizationFailed, null) : (error, null);
    }

    /// <summary>Turns the rest of a result into the tenant's terms.</summary>
    protected virtual void Show(Exchange exchange, TenantView view, TenantTopic topic, Node result)
    {
    }

    /// <summary>Puts the error of a refused item into its result.</summary>
    protected virtual void Refuse(Node result, Node item, ErrorCode error, string? message)
    {
        result.Set("errorCode", (short)error);
        if (message is not null)
        {
            result.Set("errorMessage", message);
        }
    }

    private Node WithRefused(Node answer, List<Refused> refused)
    {
        foreach (var (name, item, error, message) in refused)
        {
            var result = answer.NewChild(responseField).Set("name", name);
            Refuse(result, item, error, message);
            answer.List(responseField).Add(result);
        }

        return answer;
    }

    private sealed record Refused(string Name, Node Item, ErrorCode Error, string? Message);
}
