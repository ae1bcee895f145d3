using System.Text.Json;
using Confluent.Kafka;
using PartnerPlatform.Demo.Output;
using PartnerPlatform.Demo.Parts;

namespace PartnerPlatform.Demo.Orders;

/// <summary>Writes a few orders a second to <c>sales.orders.v1</c>, directly to the cluster, as the company's own shop would.</summary>
internal sealed class OrdersProducer(string bootstrapServers)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly string[] Customers = ["Lindqvist", "Moreau", "Tanaka", "Okafor", "Silva", "Novak"];
    private static readonly (string Item, decimal Price)[] Items = [("desk lamp", 39.90m), ("oak shelf", 149.00m), ("wool rug", 219.50m), ("bar stool", 89.95m)];

    private int _failing;

    public async Task RunAsync(CancellationToken end)
    {
        var config = new ProducerConfig(ClientSettings.For(bootstrapServers)) { LingerMs = 5 };
        // librdkafka's own log would tell of every broken connection; what matters is told below, and by the gateways.
        using var producer = new ProducerBuilder<string, byte[]>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        using var timer = new PeriodicTimer(Pause);
        // Continues over restarts: numbers rise with time.
        var number = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / (long)Pause.TotalMilliseconds;
        while (await timer.WaitForNextTickAsync(end))
        {
            try
            {
                producer.Produce(KafkaCluster.Orders, Order(number++), Report);
            }
            catch (ProduceException<string, byte[]> refused)
            {
                // These orders are made up: the next tick makes others.
                Tell(refused.Error);
            }
        }
    }

    private void Report(DeliveryReport<string, byte[]> report) => Tell(report.Error);

    /// <summary>A line when it begins to fail, one when it works again.</summary>
    private void Tell(Error error)
    {
        if (Interlocked.Exchange(ref _failing, error.IsError ? 1 : 0) != (error.IsError ? 1 : 0))
        {
            Terminal.Say(error.IsError ? $"the producer of orders cannot write: {error.Reason}" : "the producer of orders writes again");
        }
    }

    private static Message<string, byte[]> Order(long number)
    {
        var (item, price) = Items[Random.Shared.Next(Items.Length)];
        var customer = Customers[Random.Shared.Next(Customers.Length)];
        var quantity = Random.Shared.Next(1, 5);
        var value = JsonSerializer.SerializeToUtf8Bytes(
            new { orderId = $"SO-{number}", customer, item, quantity, amount = price * quantity, currency = "EUR", placedAt = DateTimeOffset.UtcNow }, JsonSerializerOptions.Web);
        return new Message<string, byte[]> { Key = customer, Value = value };
    }
}
