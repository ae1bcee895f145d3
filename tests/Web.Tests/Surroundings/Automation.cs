using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace PartnerPlatform.Web.Tests.Surroundings;

/// <summary>The operator's automation: GraphQL with client credentials, beside the pages.</summary>
public sealed class Automation : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly DemoStack _stack;

    private Automation(DemoStack stack) => _stack = stack;

    public static async Task<Automation> LogInAsync(DemoStack stack)
    {
        var automation = new Automation(stack);
        automation._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await automation.TokenAsync());
        return automation;
    }

    /// <summary>An access token for the operator's client.</summary>
    public async Task<string> TokenAsync()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = _stack["OPERATOR_CLIENT_ID"], ["client_secret"] = _stack["OPERATOR_CLIENT_SECRET"],
        });
        using var answer = await _http.PostAsync(new Uri(_stack.Identity, "connect/token"), form);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    /// <summary>Runs a mutation; answers its payload.</summary>
    /// <param name="fields">Of the payload.</param>
    public async Task<JsonElement> MutateAsync(string mutation, object input, string fields = "change { id }")
    {
        var variables = JsonSerializer.SerializeToNode(input)!.AsObject();
        variables["reason"] = "test";
        var type = char.ToUpperInvariant(mutation[0]) + mutation[1..] + "Input";
        var query = $"mutation($input: {type}!) {{ {mutation}(input: $input) {{ {fields} }} }}";
        using var answer = await _http.PostAsJsonAsync(new Uri(_stack.Platform, "graphql"), new { query, variables = new { input = variables } });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(body.TryGetProperty("errors", out var errors), errors.ToString());
        return body.GetProperty("data").GetProperty(mutation);
    }

    public void Dispose() => _http.Dispose();
}
