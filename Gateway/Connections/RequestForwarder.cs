using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Rewriting.Passthrough;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>What happens to the requests of one logged-in connection before they reach the broker.</summary>
internal sealed class RequestForwarder(GatewayParts parts, VirtualClusterHandle virtualCluster, ClientConnection connection, UpstreamRelay relay)
{
    private static readonly TimeSpan RefreshPatience = TimeSpan.FromSeconds(2);

    /// <summary>Checks a request, turns it into the broker's terms and sends it, or answers it here.</summary>
    /// <exception cref="ConnectionRefusedException">It cannot be answered within the protocol.</exception>
    public async Task ForwardAsync(RequestFrame frame, ApiDefinition definition, CancellationToken cancellationToken)
    {
        var exchange = new Exchange
        {
            Api = definition,
            Version = frame.Version,
            CorrelationId = frame.CorrelationId,
            Session = connection.Session!,
            View = parts.ViewOf(virtualCluster, relay.Memory),
            Memory = relay.Memory,
        };
        if (exchange.IsPassthrough)
        {
            await ForwardAsItIsAsync(frame, exchange, cancellationToken);
            return;
        }

        if (parts.NodeApis.TryGetValue(definition.Key, out var nodeApi))
        {
            await ForwardNodeAsync(frame, exchange, nodeApi, cancellationToken);
            return;
        }

        var body = frame.Body;
        var length = relay.Walk(exchange, body.Span, onlyUnknownIds: false);
        var asked = exchange.View.Cluster;
        if (exchange.WantsFreshLook && await LookAgainAsync(exchange))
        {
            if (!asked.GivesTheSameAs(exchange.View.Cluster))
            {
                throw new ConnectionRefusedException($"Rights or names changed while {definition.Name} was under way.");
            }

            length = relay.Walk(exchange, body.Span, onlyUnknownIds: true);
        }

        if (exchange.Refusal != ErrorCode.None && ErrorAnswer(exchange) is { } refusal)
        {
            await relay.EnqueueAsync(refusal, cancellationToken);
            return;
        }

        if (exchange.HasDecoys && WithheldTopics.Concerns(definition.Key))
        {
            var request = frame.Read(definition);
            var withheld = WithheldTopics.TakeFrom(request, exchange);
            exchange.State = withheld;
            if (withheld.AreUnknown)
            {
                relay.Memory.EndShareSession(request.Text("groupId")!, request.Text("memberId"));
            }

            request.Set("groupId", exchange.View.Cluster.Prefix + request.Text("groupId"));
            await ForwardAsync(frame, exchange, request, cancellationToken);
            return;
        }

        if (definition.Key == ApiKey.Produce)
        {
            var isRefused = exchange.Refusal != ErrorCode.None;
            if (ProduceAcks(body.Span, frame.Version) == 0)
            {
                exchange.ExpectsAnswer = isRefused || exchange.HasDecoys ? throw new ConnectionRefusedException("A Produce without answer was denied.") : false;
            }

            if (isRefused)
            {
                await relay.EnqueueAsync(RequestFrame.Response(definition, exchange.Version, exchange.CorrelationId, ProduceRefusal.Of(exchange, frame.Read(definition))), cancellationToken);
                return;
            }
        }

        await relay.ForwardAsync(exchange, frame, length, relay.Patches, cancellationToken);
    }

    private async Task ForwardAsItIsAsync(RequestFrame frame, Exchange exchange, CancellationToken cancellationToken)
    {
        var length = relay.Walk(exchange, frame.Body.Span, onlyUnknownIds: false);
        if (PassthroughApis.ReadsRequest(exchange.Api.Key))
        {
            var request = frame.Read(exchange.Api);
            parts.Passthrough.ToBroker(exchange.Api.Key, request, exchange.View.Cluster.PhysicalCluster);
            await ForwardAsync(frame, exchange, request, cancellationToken);
            return;
        }

        exchange.ExpectsAnswer = exchange.Api.Key != ApiKey.Produce || ProduceAcks(frame.Body.Span, frame.Version) != 0;
        await relay.ForwardAsync(exchange, frame, length, [], cancellationToken);
    }

    private async Task ForwardNodeAsync(RequestFrame frame, Exchange exchange, NodeApi api, CancellationToken cancellationToken)
    {
        var request = frame.Read(exchange.Api);
        var answer = await api.RequestAsync(exchange, request, cancellationToken);
        if (exchange.WantsFreshLook && await LookAgainAsync(exchange))
        {
            request = frame.Read(exchange.Api);
            answer = await api.RequestAsync(exchange, request, cancellationToken);
        }

        if (answer is not null)
        {
            await relay.EnqueueAsync(RequestFrame.Response(exchange.Api, exchange.Version, exchange.CorrelationId, answer), cancellationToken);
            return;
        }

        await ForwardAsync(frame, exchange, request, cancellationToken);
    }

    private ValueTask ForwardAsync(RequestFrame frame, Exchange exchange, Node request, CancellationToken cancellationToken)
    {
        var rewritten = frame.With(exchange.Api, request);
        return relay.ForwardAsync(exchange, rewritten, rewritten.Body.Length, [], cancellationToken);
    }

    /// <summary>A topic id that nobody knows may be that of a topic just made: one fresh look, shared with all who ask.</summary>
    private async Task<bool> LookAgainAsync(Exchange exchange)
    {
        exchange.WantsFreshLook = false;
        var before = exchange.View;
        if (parts.Clusters.Find(before.Cluster.PhysicalCluster) is not { } watcher || !await watcher.RefreshAsync(RefreshPatience))
        {
            return false;
        }

        // With the names that the request has called already: what calls the same topic by the other one still stands for nothing.
        exchange.View = parts.ViewOf(virtualCluster, exchange.Memory, before);
        return exchange.View.Shared != before.Shared;
    }

    /// <summary>Null: the answer has no error for the whole; the broker answers for each part, all of them decoys.</summary>
    private static ReadOnlyMemory<byte>? ErrorAnswer(Exchange exchange)
    {
        var field = exchange.Api.Response.Fields.Find(f => f.Meaning == Meaning.ErrorCode && f.Versions.Contains(exchange.Version));

        // The cast matters: null alone would become an empty answer (an array converts to memory), and the client would wait for ever.
        if (field is null)
        {
            return (ReadOnlyMemory<byte>?)null;
        }

        var answer = Node.Of(exchange.Api.Response).Set(field.Name, (short)exchange.Refusal);
        if (exchange.Api.Key == ApiKey.JoinGroup)
        {
            // No protocol was chosen: null where the version knows it, else empty.
            answer.Set("protocolName", null);
        }

        return RequestFrame.Response(exchange.Api, exchange.Version, exchange.CorrelationId, answer);
    }

    private static short ProduceAcks(ReadOnlySpan<byte> body, short version)
    {
        var reader = new WireReader(body);
        reader.Take(Math.Max(0, reader.Length(Definitions.Apis[ApiKey.Produce].Request.IsFlexible(version), 2)));
        return reader.Int16();
    }
}
