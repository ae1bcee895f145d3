using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Access;

public sealed class IdentityAwayTests
{
    [Fact]
    public async Task Tokens_are_taken_with_Identitys_keys_and_still_while_it_is_away()
    {
        var port = PrivatePostgres.FreePort();
        await using var platform = await PlatformUnderTest.Start(null, null, ("IDENTITY_URL", $"http://127.0.0.1:{port}"));
        var token = TestIdentity.Token("identity", Roles.Identity, issuer: $"http://127.0.0.1:{port}/");
        Assert.Equal(401, await Status());

        await using (var identity = await TestIdentity.Serve(port))
        {
            for (var i = 0; i < 50 && await Status() != 200; i++)
            {
                await Task.Delay(200);
            }

            Assert.Equal(200, await Status());
            await identity.StopAsync();
        }

        Assert.Equal(200, await Status());
        using var foreign = await platform.Get("/feed", TestIdentity.Token("identity", Roles.Identity, issuer: "http://127.0.0.1:1/"));
        Assert.Equal(401, (int)foreign.StatusCode);

        async Task<int> Status()
        {
            using var answer = await platform.Get("/feed", token);
            return (int)answer.StatusCode;
        }
    }
}
