using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Connections;

/// <summary>Answers leave in the order of the requests, whoever makes them.</summary>
public class OrderTests(KafkaFixture fixture)
{
    private static readonly Target Orders = new("orders", Guid.Empty, "ordered", "denied", ProducerId: 1, ProducerEpoch: 0);

    [Fact]
    public async Task Local_answers_wait_for_the_brokers_and_none_is_left_out()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var login = RawClient.NewRequest(ApiKey.SaslAuthenticate).Set("authBytes", System.Text.Encoding.UTF8.GetBytes($"\0app\0{kafka.Tenants.Token("acme", "app")}"));
        (ApiKey Api, short Version, Node Request)[] mix =
        [
            (ApiKey.Fetch, 12, RawRequests.Fetch(Orders, maxWait: 20).Set("minBytes", 1 << 20)),
            (ApiKey.ApiVersions, 3, RawRequests.Of(ApiKey.ApiVersions, Orders)),
            (ApiKey.Metadata, 12, RawRequests.Metadata(Orders)),
            (ApiKey.InitProducerId, 4, RawRequests.Of(ApiKey.InitProducerId, Orders)),
            (ApiKey.FindCoordinator, 3, RawRequests.Of(ApiKey.FindCoordinator, Orders).Set("keyType", (sbyte)2)),
            (ApiKey.Produce, 9, RawRequests.Produce(Orders, RawRequests.Batch())),
            (ApiKey.SaslHandshake, 1, RawRequests.Of(ApiKey.SaslHandshake, Orders)),
            (ApiKey.SaslAuthenticate, 2, login),
            (ApiKey.EndTxn, 3, RawRequests.Of(ApiKey.EndTxn, Orders)),
            (ApiKey.ListOffsets, 6, RawRequests.Of(ApiKey.ListOffsets, Orders)),
        ];
        const int rounds = 100;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < rounds; i++)
            {
                foreach (var (api, version, request) in mix)
                {
                    await client.SendAsync(api, version, request);
                }
            }
        });
        var id = 2;
        for (var i = 0; i < rounds; i++)
        {
            foreach (var (api, version, _) in mix)
            {
                var answer = RawClient.Read(api, version, await client.ReceiveAsync() ?? throw new Xunit.Sdk.XunitException($"Closed before the answer to {api}."));
                Assert.Equal(++id, answer.CorrelationId);
                switch (api)
                {
                    case ApiKey.InitProducerId or ApiKey.EndTxn:
                        Assert.Equal((short)ErrorCode.TransactionalIdAuthorizationFailed, answer.Body.Get<short>("errorCode"));
                        break;
                    case ApiKey.SaslAuthenticate:
                        Assert.Equal(0, answer.Body.Get<short>("errorCode"));
                        break;
                    case ApiKey.Produce:
                        Assert.All(answer.Body.List("responses").Single().List("partitionResponses"), p => Assert.Equal((short)ErrorCode.TopicAuthorizationFailed, p.Get<short>("errorCode")));
                        break;
                }
            }
        }

        await sending;
    }

    [Fact]
    public async Task Ten_thousand_requests_sent_before_any_answer_is_read_are_all_answered()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        const int count = 10_000;
        var sending = Task.Run(async () =>
        {
            var request = RawRequests.Of(ApiKey.ListOffsets, Orders);
            for (var i = 0; i < count; i++)
            {
                await client.SendAsync(RawClient.Frame(ApiKey.ListOffsets, 5, i * 7, request));
            }
        });
        await Task.Delay(500);
        for (var i = 0; i < count; i++)
        {
            var answer = RawClient.Read(ApiKey.ListOffsets, 5, await client.ReceiveAsync() ?? throw new Xunit.Sdk.XunitException($"Closed after {i} answers."));
            Assert.Equal(i * 7, answer.CorrelationId);
        }

        await sending;
    }

    [Fact]
    public async Task A_login_again_as_somebody_else_ends_the_connection_after_its_answer()
    {
        var kafka = await fixture.StartedAsync();
        await using var client = await RawClient.LoggedInAsync(kafka, "acme");
        var under = await client.SendAsync(ApiKey.Fetch, 12, RawRequests.Fetch(Orders, maxWait: 300).Set("minBytes", 1 << 20));
        await client.SendAsync(ApiKey.SaslHandshake, 1, RawRequests.Of(ApiKey.SaslHandshake, Orders));
        await client.SendAsync(ApiKey.SaslAuthenticate, 2, RawClient.NewRequest(ApiKey.SaslAuthenticate)
            .Set("authBytes", System.Text.Encoding.UTF8.GetBytes($"\0acme-admin\0{kafka.Tenants.Token("acme", "acme-admin")}")));
        Assert.Equal(under, RawClient.Read(ApiKey.Fetch, 12, (await client.ReceiveAsync())!).CorrelationId);
        Assert.Equal(0, RawClient.Read(ApiKey.SaslHandshake, 1, (await client.ReceiveAsync())!).Body.Get<short>("errorCode"));
        Assert.Equal((short)ErrorCode.SaslAuthenticationFailed, RawClient.Read(ApiKey.SaslAuthenticate, 2, (await client.ReceiveAsync())!).Body.Get<short>("errorCode"));
        await client.AssertClosedAsync();
    }
}
