using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using PartnerPlatform.Contracts.Feed;

namespace PartnerPlatform.EndToEnd.Tests.Surroundings;

/// <summary>A GraphQL error with its stable code.</summary>
public sealed class RefusedException(string code, string message) : Exception($"{code}: {message}")
{
    public string Code { get; } = code;
}

/// <summary>A partner's way in: by SASL/PLAIN, or with a token endpoint by SASL/OAUTHBEARER and client credentials.</summary>
/// <param name="Username">Account, or OAuth client id.</param>
/// <param name="Password">Token, or OAuth client secret.</param>
public sealed record Login(string VirtualCluster, string Username, string Password, string TokenId, Uri? TokenEndpoint = null);

/// <summary>Platform's GraphQL API, as an operator's automation uses it.</summary>
/// <param name="handler">Null: the usual one.</param>
public sealed partial class Api(Uri identity, Uri platform, string clientId, string secret, HttpMessageHandler? handler = null) : IDisposable
{
    public const string Await = "PT10S";

    private readonly HttpClient _http = new(handler ?? new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(30) };
    private string? _token;

    /// <summary>Waits until Identity knows the client.</summary>
    public async Task LogInAsync() =>
        await Eventually.TrueAsync("the operator can log in", TimeSpan.FromSeconds(30), async () => (_token = await TokenAsync(clientId, secret)) is not null);

    public async Task<string?> TokenAsync(string client, string password)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = client, ["client_secret"] = password,
        });
        using var answer = await _http.PostAsync(new Uri(identity, "connect/token"), form);
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString() : null;
    }

    /// <summary>Sends a document whose variable is <c>$input</c>; answers the <c>data</c>.</summary>
    /// <exception cref="RefusedException">Platform refused.</exception>
    /// <exception cref="HttpRequestException">Platform is not there.</exception>
    public async Task<JsonElement> SendAsync(string document, object? input = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(platform, "graphql"))
        {
            Content = JsonContent.Create(new { query = document, variables = new { input } }),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _token) },
        };
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (body.TryGetProperty("errors", out var errors))
        {
            throw new RefusedException(errors[0].GetProperty("extensions").GetProperty("code").GetString()!, errors[0].GetProperty("message").GetString()!);
        }

        return body.GetProperty("data");
    }

    /// <summary>Runs a mutation and waits until both nodes have applied it; answers how long the later one took from the commit.</summary>
    public async Task<double> EnforceAsync(string mutation, object input)
    {
        var type = char.ToUpperInvariant(mutation[0]) + mutation[1..] + "Input";
        var variables = JsonSerializer.SerializeToNode(input)!.AsObject();
        variables["reason"] = "test";
        variables["awaitEnforcement"] = Await;
        var data = await SendAsync($"mutation($input: {type}!) {{ {mutation}(input: $input) {{ change {{ enforcement {{ nodes applied slowestMs outOfReach }} }} }} }}", variables);
        var enforcement = data.GetProperty(mutation).GetProperty("change").GetProperty("enforcement");
        Assert.True(enforcement.GetProperty("applied").GetInt32() == 2, $"{mutation}: {enforcement}");
        return enforcement.GetProperty("slowestMs").GetDouble();
    }

    /// <summary>Runs a mutation without waiting.</summary>
    public Task<JsonElement> ChangeAsync(string mutation, object input)
    {
        var type = char.ToUpperInvariant(mutation[0]) + mutation[1..] + "Input";
        var variables = JsonSerializer.SerializeToNode(input)!.AsObject();
        variables["reason"] = "test";
        return SendAsync($"mutation($input: {type}!) {{ {mutation}(input: $input) {{ change {{ id feedNumber }} }} }}", variables);
    }

    /// <summary>A new partner with <c>orders</c> to read, <c>returns</c> to write, and a token for its account <c>app</c>.</summary>
    public async Task<Login> NewPartnerAsync(string name)
    {
        await ChangeAsync("createOrganization", new { name });
        await ChangeAsync("createPartnerZone", new
        {
            name,
            organization = name,
            topics = new[]
            {
                new { name = "orders", physicalTopic = Shop.Orders, permission = "READ" },
                new { name = "returns", physicalTopic = Shop.Returns, permission = "WRITE" },
            },
            serviceAccounts = new[] { "app" },
        });
        await Eventually.TrueAsync($"zone {name} is ready", TimeSpan.FromSeconds(20), async () => await ZoneStatusAsync(name) == "READY");
        return await NewTokenAsync(name, "app");
    }

    public async Task<string> ZoneStatusAsync(string name) =>
        (await SendAsync($"{{ partnerZone(name: \"{Name().Match(name).Value}\") {{ status }} }}")).GetProperty("partnerZone").GetProperty("status").GetString()!;

    public async Task<Login> NewAccountAsync(string virtualCluster, string account)
    {
        await ChangeAsync("createServiceAccount", new { virtualCluster, name = account });
        return await NewTokenAsync(virtualCluster, account);
    }

    /// <summary>Issues a token and waits until both nodes know it.</summary>
    public async Task<Login> NewTokenAsync(string virtualCluster, string serviceAccount)
    {
        var data = await SendAsync(
            "mutation($input: IssueTokenInput!) { issueToken(input: $input) { token tokenId } }",
            new { virtualCluster, serviceAccount, awaitEnforcement = Await, reason = "test" });
        var issued = data.GetProperty("issueToken");
        return new Login(virtualCluster, serviceAccount, issued.GetProperty("token").GetString()!, issued.GetProperty("tokenId").GetString()!);
    }

    /// <summary>OAuth client credentials of an account; Identity and both nodes know of them.</summary>
    public async Task<Login> NewClientSecretAsync(string virtualCluster, string serviceAccount, string? overlap = null)
    {
        var data = await SendAsync(
            "mutation($input: IssueClientSecretInput!) { issueClientSecret(input: $input) { clientId secret } }",
            new { virtualCluster, serviceAccount, overlap, awaitEnforcement = Await, reason = "test" });
        var issued = data.GetProperty("issueClientSecret");
        var login = new Login(virtualCluster, issued.GetProperty("clientId").GetString()!, issued.GetProperty("secret").GetString()!, "", new Uri(identity, "connect/token"));
        await Eventually.TrueAsync("Identity knows the secret", TimeSpan.FromSeconds(10), async () => await TokenAsync(login.Username, login.Password) is not null);
        return login;
    }

    /// <summary>The feed as a node reads it.</summary>
    /// <param name="after">Null = everything.</param>
    public async Task<FeedPage> ReadFeedAsync(GatewayUnderTest node, string? after)
    {
        // Identity may be on its way back to its database.
        string? token = null;
        await Eventually.TrueAsync($"{node.Name} gets a token", TimeSpan.FromSeconds(15), async () => (token = await TokenAsync(node.Name, node.Secret)) is not null);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(platform, after is null ? "feed" : $"feed?after={Uri.EscapeDataString(after)}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<FeedPage>(ContractJson.Options))!;
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("^[a-z0-9-]+$")]
    private static partial Regex Name();
}
