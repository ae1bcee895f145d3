using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Clients;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Identity.Tests.Tokens;

public sealed class ClientCredentialsTests(SharedIdentity shared) : IClassFixture<SharedIdentity>
{
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Client_gets_a_signed_token_with_its_role_and_organization()
    {
        var secret = await PutAsync("partner", Roles.PartnerAdmin, "organization-7");

        var token = await _identity.RequireTokenAsync("client-partner", secret);

        var result = await _identity.ValidateAsync(token, await _identity.KeysAsync());
        Assert.True(result.IsValid, result.Exception?.Message);
        var jwt = (JsonWebToken)result.SecurityToken;
        Assert.Equal(("at+jwt", "ES256"), (jwt.Typ, jwt.Alg));
        Assert.Equal(_identity.Url.AbsoluteUri, jwt.Issuer);
        Assert.Equal([AccessTokens.Audience], jwt.Audiences);
        Assert.Equal("client-partner", jwt.Subject);
        Assert.Equal("client-partner", jwt.GetClaim(AccessTokens.ClientIdClaim).Value);
        Assert.Equal(Roles.PartnerAdmin, jwt.GetClaim(AccessTokens.RoleClaim).Value);
        Assert.Equal("organization-7", jwt.GetClaim(AccessTokens.OrganizationClaim).Value);
        Assert.Equal(TimeSpan.FromMinutes(10), jwt.ValidTo - jwt.IssuedAt);
    }

    [Fact]
    public async Task Client_without_organization_gets_no_such_claim()
    {
        var secret = await PutAsync("operator", Roles.Operator, null);

        var jwt = new JsonWebToken(await _identity.RequireTokenAsync("client-operator", secret));

        Assert.False(jwt.TryGetClaim(AccessTokens.OrganizationClaim, out _));
    }

    [Fact]
    public async Task Wrong_secret_and_unknown_client_get_the_same_answer()
    {
        await PutAsync("known", Roles.Operator, null);

        using var wrongSecret = await _identity.AskForTokenAsync("client-known", PrivateFiles.NewSecret());
        using var unknownClient = await _identity.AskForTokenAsync("client-nobody", PrivateFiles.NewSecret());

        Assert.Equal(HttpStatusCode.Unauthorized, wrongSecret.StatusCode);
        Assert.Equal(wrongSecret.StatusCode, unknownClient.StatusCode);
        Assert.Equal(await wrongSecret.Content.ReadAsStringAsync(), await unknownClient.Content.ReadAsStringAsync());
        Assert.Equal(Headers(wrongSecret), Headers(unknownClient));
    }

    [Fact]
    public async Task Wrong_secret_and_unknown_client_cost_the_same_time()
    {
        await PutAsync("timed", Roles.Operator, null);
        var secret = PrivateFiles.NewSecret();

        var known = new List<double>();
        var unknown = new List<double>();
        for (var i = 0; i < 150; i++)
        {
            known.Add(await MeasureAsync("client-timed", secret));
            unknown.Add(await MeasureAsync($"client-nobody-{i}", secret));
        }

        Assert.InRange(Median(unknown) / Median(known), 0.6, 1.7);
    }

    [Fact]
    public async Task Both_secrets_are_valid_during_a_rotation_with_overlap()
    {
        var (old, current) = (PrivateFiles.NewSecret(), PrivateFiles.NewSecret());
        var overlapEnds = DateTimeOffset.UtcNow.AddSeconds(4).ToUnixTimeSeconds();
        _identity.Platform.Put(IdentityUnderTest.Client("rotated", ClientSecrets.Hash(old) with { ExpiresAt = overlapEnds }, ClientSecrets.Hash(current)));
        await _identity.UntilAsync("client-rotated", current, served: true);

        Assert.NotNull(await _identity.TokenAsync("client-rotated", old));
        await _identity.UntilAsync("client-rotated", old, served: false);

        Assert.True(DateTimeOffset.UtcNow.ToUnixTimeSeconds() >= overlapEnds);
        Assert.NotNull(await _identity.TokenAsync("client-rotated", current));
    }

    [Fact]
    public async Task Removed_client_gets_no_further_token()
    {
        var secret = await PutAsync("removed", Roles.Operator, null);

        _identity.Platform.Remove("removed");

        // Without a pause, so that tokens are being made at the moment of the removal.
        var refused = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (await _identity.TokenAsync("client-removed", secret) is not null)
            {
                limit.Token.ThrowIfCancellationRequested();
            }

            return await _identity.TokenAsync("client-removed", secret) is null;
        }));
        Assert.DoesNotContain(false, refused);
    }

    [Fact]
    public async Task Revoked_token_is_inactive_at_introspection()
    {
        var secret = await PutAsync("looking", Roles.Operator, null);
        var token = await _identity.RequireTokenAsync("client-looking", secret);
        var form = new Dictionary<string, string> { ["client_id"] = "client-looking", ["client_secret"] = secret, ["token"] = token };

        Assert.True(await IsActiveAsync(form));
        using var revocation = await _identity.PostAsync("connect/revoke", form);

        Assert.Equal(HttpStatusCode.OK, revocation.StatusCode);
        Assert.False(await IsActiveAsync(form));
    }

    [Fact]
    public async Task Discovery_names_every_endpoint()
    {
        var discovery = await _identity.GetAsync(".well-known/openid-configuration");

        Assert.Equal(_identity.Url.AbsoluteUri, discovery.GetProperty("issuer").GetString());
        foreach (var endpoint in (string[])["token_endpoint", "authorization_endpoint", "end_session_endpoint", "introspection_endpoint", "revocation_endpoint", "jwks_uri"])
        {
            Assert.StartsWith(_identity.Url.AbsoluteUri, discovery.GetProperty(endpoint).GetString());
        }

        Assert.Equal("""["S256"]""", Compact("code_challenge_methods_supported"));
        Assert.Equal("""["query"]""", Compact("response_modes_supported"));
        Assert.Equal("""["code"]""", Compact("response_types_supported"));
        Assert.Equal(
            ["authorization_code", "client_credentials", "refresh_token"],
            discovery.GetProperty("grant_types_supported").EnumerateArray().Select(grant => grant.GetString()).Order(StringComparer.Ordinal));

        string Compact(string name) => JsonSerializer.Serialize(discovery.GetProperty(name));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code")]
    public async Task Other_grants_are_refused(string grant)
    {
        using var answer = await _identity.PostAsync("connect/token", new() { ["grant_type"] = grant, ["client_id"] = "x", ["client_secret"] = "y", ["code"] = "z", ["refresh_token"] = "z" });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static string Headers(HttpResponseMessage answer) =>
        string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private async Task<double> MeasureAsync(string clientId, string secret)
    {
        var start = Stopwatch.GetTimestamp();
        using var answer = await _identity.AskForTokenAsync(clientId, secret);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private async Task<bool> IsActiveAsync(Dictionary<string, string> form)
    {
        using var answer = await _identity.PostAsync("connect/introspect", form);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("active").GetBoolean();
    }

    private async Task<string> PutAsync(string id, string role, string? organization)
    {
        var secret = PrivateFiles.NewSecret();
        _identity.Platform.Put(IdentityUnderTest.Client(id, secret) with { Role = role, OrganizationId = organization });
        await _identity.UntilAsync($"client-{id}", secret, served: true);
        return secret;
    }
}
