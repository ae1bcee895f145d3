using System.Text.Json;
using PartnerPlatform.Stack.Api;

namespace PartnerPlatform.Web.Tests.Surroundings;

/// <summary>The operator's automation, beside the pages.</summary>
public sealed class Automation(DemoStack stack) : IDisposable
{
    private readonly GraphQLClient _api = new(stack.Identity, stack.Platform, stack["OPERATOR_CLIENT_ID"], stack["OPERATOR_CLIENT_SECRET"]);

    /// <summary>A new access token for the operator's client.</summary>
    public async Task<string> TokenAsync() => await _api.TokenAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException("Identity refuses the operator's client.");

    public Task LogInAsync() => _api.LogInAsync(TestContext.Current.CancellationToken);

    /// <summary>Runs a mutation; answers its payload.</summary>
    /// <param name="fields">Of the payload.</param>
    public async Task<JsonElement> MutateAsync(string mutation, object input, string fields = "change { id }")
    {
        var variables = JsonSerializer.SerializeToNode(input)!.AsObject();
        variables["reason"] = "test";
        var type = char.ToUpperInvariant(mutation[0]) + mutation[1..] + "Input";
        var query = $"mutation($input: {type}!) {{ {mutation}(input: $input) {{ {fields} }} }}";
        return (await _api.SendAsync(mutation, query, new { input = variables }, TestContext.Current.CancellationToken)).GetProperty(mutation);
    }

    public void Dispose() => _api.Dispose();
}
