using System.Net;
using System.Text;
using System.Text.Json;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Configuration;
using PartnerPlatform.Web.Login;
using PartnerPlatform.Web.NewZone;

namespace PartnerPlatform.Web.Tests.NewZone;

public sealed class ZoneCreationTests : IDisposable
{
    private readonly PlatformStandIn _platform = new();
    private readonly ZoneCreation _creation;

    public ZoneCreationTests() => _creation = new(new PlatformApi(
        _platform, _platform, new WebOptions("", new("http://localhost/"), new("http://localhost/"), new("http://localhost/"), "", "")));

    [Fact]
    public async Task A_try_that_broke_off_goes_on_where_it_ended_and_may_be_corrected()
    {
        var draft = Draft();
        _platform.Refused = "createPartnerZone";
        await Assert.ThrowsAsync<RefusedException>(() => _creation.Create(draft, Kept));
        Assert.False(draft.NewPartner);

        // What is asked once more is asked with the key that it had; what is asked otherwise has another.
        await Assert.ThrowsAsync<RefusedException>(() => _creation.Create(draft, Kept));
        draft.Topics[0].Name = "all-orders";
        await Assert.ThrowsAsync<RefusedException>(() => _creation.Create(draft, Kept));
        var keys = _platform.Asked.Where(a => a.Mutation == "createPartnerZone").Select(a => a.Key).ToList();
        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[1], keys[2]);

        _platform.Refused = "issueToken";
        await Assert.ThrowsAsync<RefusedException>(() => _creation.Create(draft, Kept));
        Assert.Equal("change-1", draft.Made?.Id);

        _platform.Refused = null;
        draft = JsonSerializer.Deserialize<ZoneDraft>(JsonSerializer.Serialize(draft))!;
        Assert.Equal(new CreatedZone(draft.Made!, "the-token"), await _creation.Create(draft, Kept));
        Assert.Single(_platform.Asked, a => a.Mutation == "createOrganization");
        Assert.Equal(4, _platform.Asked.Count(a => a.Mutation == "createPartnerZone"));
    }

    [Fact]
    public async Task What_exists_already_is_not_asked_for_again_before_it_is_confirmed()
    {
        var draft = Draft();
        _platform.Refused = "createPartnerZone";
        await Assert.ThrowsAsync<RefusedException>(() => _creation.Create(draft, Kept));
        _platform.Refused = null;
        await _creation.Check(draft);
        Assert.Equal(("createPartnerZone", null), _platform.Asked[^1]);
    }

    public void Dispose() => _platform.Dispose();

    private static ZoneDraft Draft() => new() { Partner = "acme", Reason = "new customer", Topics = [new() { PhysicalTopic = "sales.orders.v1", Name = "orders" }] };

    private static Task Kept() => Task.CompletedTask;

    /// <summary>Platform's API, which says no to one mutation if a test wants it.</summary>
    private sealed class PlatformStandIn : HttpMessageHandler, IHttpClientFactory, IPlatformTokens
    {
        private const string Payload = """{"change":{"id":"change-1","feedNumber":7,"enforcement":null},"token":"the-token"}""";

        public string? Refused { get; set; }

        public List<(string Mutation, string? Key)> Asked { get; } = [];

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        public Task<string> AccessToken(CancellationToken ct) => Task.FromResult("token");

        public Task End() => Task.CompletedTask;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = await JsonSerializer.DeserializeAsync<JsonElement>(await request.Content!.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
            var mutation = asked.GetProperty("query").GetString()!.Split('{', '(')[2].Trim();
            Asked.Add((mutation, asked.GetProperty("variables").GetProperty("input").TryGetProperty("idempotencyKey", out var key) ? key.GetString() : null));
            var answer = mutation == Refused
                ? """{"errors":[{"message":"no","extensions":{"code":"INTERNAL"}}]}"""
                : $$"""{"data":{"{{mutation}}":{{Payload}} } }""";
            return new(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }
    }
}
