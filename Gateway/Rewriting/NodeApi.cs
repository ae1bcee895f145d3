using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>An API whose rewriting a table cannot express: lists that are filtered, addresses, several groups in one request.</summary>
public abstract class NodeApi
{
    public abstract ApiKey Key { get; }

    /// <summary>Changes a request for the broker; or returns the answer, and nothing is forwarded.</summary>
    public abstract Node? Request(Exchange exchange, Node request);

    /// <summary>The same, for what must be asked elsewhere first.</summary>
    public virtual ValueTask<Node?> RequestAsync(Exchange exchange, Node request, CancellationToken cancellationToken) => new(Request(exchange, request));

    /// <summary>Changes the broker's answer for the client.</summary>
    /// <param name="exchange">What was asked.</param>
    /// <param name="view">The tenant as it is now.</param>
    /// <param name="answer">As the broker gave it.</param>
    public abstract void Response(Exchange exchange, TenantView view, Node answer);

    protected static Node AnswerOf(Exchange exchange) => Node.Of(exchange.Api.Response);

    protected static Node Error(Exchange exchange, ErrorCode error, string? message = null)
    {
        var answer = AnswerOf(exchange).Set("errorCode", (short)error);
        return message is not null && answer.Has("errorMessage") ? answer.Set("errorMessage", message) : answer;
    }

    protected static void CleanError(Node node, TenantView view)
    {
        if (node.Has("errorMessage") && node.Text("errorMessage") is { } text)
        {
            node.Set("errorMessage", ErrorTexts.Clean(text, view));
        }
    }

    /// <summary>The tenant's name of a group or transactional id, which may be empty; null: it is another's.</summary>
    protected static string? Unprefixed(TenantView view, string? name) =>
        name is not null && name.StartsWith(view.Cluster.Prefix, StringComparison.Ordinal) ? name[view.Cluster.Prefix.Length..] : null;

    protected static string Prefixed(Exchange exchange, string name) => exchange.View.Cluster.Prefix + name;
}
