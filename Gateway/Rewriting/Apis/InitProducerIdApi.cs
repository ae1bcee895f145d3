using PartnerPlatform.Gateway.Authorization;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting.Apis;

/// <summary>InitProducerId: transactional ids under the tenant's prefix; ids of idempotent producers are tagged.</summary>
public sealed class InitProducerIdApi(GatewayOptions options) : NodeApi
{
    private const short InvalidTransactionTimeout = 50;

    public override ApiKey Key => ApiKey.InitProducerId;

    public override Node? Request(Exchange exchange, Node request)
    {
        if (request.Text("transactionalId") is { } id)
        {
            request.Set("transactionalId", Prefixed(exchange, id));
            var error = exchange.Access.CheckTransactionalId(exchange.Right.TransactionalId!.Value, id);
            if (error == ErrorCode.None && request.Get<int>("transactionTimeoutMs") > options.MaxTransactionTimeout.TotalMilliseconds)
            {
                // An open transaction holds back every read_committed reader of a shared topic.
                error = (ErrorCode)InvalidTransactionTimeout;
            }

            return error == ErrorCode.None ? null : Error(exchange, error).Set("producerEpoch", (short)-1);
        }

        exchange.State = this;
        return exchange.Access.Allows(exchange.Right.Cluster!.Value, ResourceType.Cluster, "kafka-cluster") || exchange.Access.AllowsAny(Operation.Write, ResourceType.Topic)
            ? null
            : Error(exchange, ErrorCode.ClusterAuthorizationFailed).Set("producerEpoch", (short)-1);
    }

    public override void Response(Exchange exchange, TenantView view, Node answer)
    {
        if (exchange.State is not null)
        {
            answer.Set("producerId", ProducerIds.Show(answer.Get<long>("producerId"), view.Cluster));
        }
    }
}
