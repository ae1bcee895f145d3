using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using PartnerPlatform.Web.Configuration;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Api;

/// <summary>Platform's GraphQL API in the name of whoever looks at the page.</summary>
public sealed class PlatformApi(IHttpClientFactory clients, IPlatformTokens tokens, WebOptions options)
{
    public const string Client = "platform";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Sends a query; answers its <c>data</c>.</summary>
    /// <exception cref="RefusedException">Platform refused it, or cannot be reached.</exception>
    /// <exception cref="LoginEndedException">The person has to log in again.</exception>
    public async Task<T> Query<T>(string document, object? variables = null, CancellationToken ct = default) =>
        (await Send(document, variables, ct)).Deserialize<T>(Json)!;

    /// <summary>Runs <c>mutation { name(input: ...) { fields } }</c>; answers the payload.</summary>
    /// <inheritdoc cref="Query"/>
    public async Task<JsonElement> Mutate(string name, object input, string fields, CancellationToken ct = default)
    {
        var type = char.ToUpperInvariant(name[0]) + name[1..] + "Input";
        return (await Send($"mutation($input: {type}!) {{ {name}(input: $input) {{ {fields} }} }}", new { input }, ct)).GetProperty(name);
    }

    private async Task<JsonElement> Send(string document, object? variables, CancellationToken ct)
    {
        var token = await Token(ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Platform, "graphql"))
        {
            Content = JsonContent.Create(new { query = document, variables }, options: Json),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        var answer = await Answer(request, ct);
        if (!answer.TryGetProperty("errors", out var errors))
        {
            return answer.GetProperty("data");
        }

        var refusal = Refusal.Of(errors);
        if (refusal.Code == Refusal.Unauthenticated)
        {
            await tokens.End();
            throw new LoginEndedException();
        }

        throw new RefusedException(refusal);
    }

    private async Task<string> Token(CancellationToken ct)
    {
        try
        {
            return await tokens.AccessToken(ct);
        }
        catch (IdentityAwayException)
        {
            throw new RefusedException(Refusal.OutOfReach("Identity cannot be reached to renew your login."));
        }
    }

    private async Task<JsonElement> Answer(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var http = clients.CreateClient(Client);
            using var response = await http.SendAsync(request, ct);
            if (response.StatusCode >= HttpStatusCode.InternalServerError || response.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) != true)
            {
                throw new RefusedException(Refusal.OutOfReach($"Platform answered with status {(int)response.StatusCode}."));
            }

            return await response.Content.ReadFromJsonAsync<JsonElement>(ct);
        }
        catch (Exception away) when (away is HttpRequestException or JsonException || (away is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw new RefusedException(Refusal.OutOfReach("Platform cannot be reached."));
        }
    }
}
