using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.ServiceAccounts;

public sealed class TokenTests
{
    [Fact]
    public async Task A_token_is_what_the_gateway_takes_and_leaves_no_trace()
    {
        await using var platform = await PlatformUnderTest.Start();
        await platform.Stage();
        await platform.CreateZone();
        var payload = await platform.Mutate("issueToken", new { reason = Scenes.Why, virtualCluster = "acme", serviceAccount = "app", lifetime = "PT1H" }, "token tokenId expiresAt");
        var token = payload.GetProperty("token").GetString()!;
        var id = payload.GetProperty("tokenId").GetString()!;

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = GatewayTokens.Issuer, ValidAudience = GatewayTokens.Audience, IssuerSigningKey = new SymmetricSecurityKey(PlatformUnderTest.PoolKey),
        });

        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal("app", result.Claims["sub"]);
        Assert.Equal("acme", result.Claims[GatewayTokens.VirtualClusterClaim]);
        Assert.Equal(id, result.Claims["jti"]);
        Assert.Contains("iat", result.Claims.Keys);
        Assert.Equal([id], (await Account(platform)).Tokens.Select(t => t.Id));
        Assert.DoesNotContain(token, platform.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(token[..^5], (await platform.Graph("{ audit(first: 500) { nodes { data } } }")).ToString(), StringComparison.Ordinal);

        await platform.Mutate("revokeToken", new { reason = Scenes.Why, tokenId = id }, "change { id }");
        Assert.Empty((await Account(platform)).Tokens);
        await platform.Mutate("revokeTokens", new { reason = Scenes.Why, virtualCluster = "acme", serviceAccount = "app" }, "change { id }");
        Assert.NotEqual(0, (await Account(platform)).IssuedBefore);
        await platform.Mutate("revokeServiceAccount", new { reason = Scenes.Why, virtualCluster = "acme", name = "app" }, "change { id }");
        Assert.True((await Account(platform)).Revoked);
        Assert.Equal("NOT_POSSIBLE_NOW", await platform.RefusalOf("issueToken", new { reason = Scenes.Why, virtualCluster = "acme", serviceAccount = "app" }));
    }

    private static async Task<ServiceAccountDocument> Account(PlatformUnderTest platform) =>
        (await platform.Feed(null)).Entries.Where(e => e.Key.StartsWith("serviceAccount/", StringComparison.Ordinal))
            .Select(e => e.Content!.Value.Deserialize<ServiceAccountDocument>(ContractJson.Options)!).Single(a => a.Name == "app");
}
