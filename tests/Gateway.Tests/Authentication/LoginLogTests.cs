using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Gateway.Authentication;

namespace PartnerPlatform.Gateway.Tests.Authentication;

public sealed class LoginLogTests
{
    [Fact]
    public void What_somebody_without_credentials_says_fills_no_report()
    {
        var log = new LoginLog(TimeProvider.System);
        log.Add(new string('v', 40_000), new string('a', 40_000), new string('m', 40_000), new ClientFacts("10.0.0.1", null, null, null), "NOT_A_TOKEN");
        log.Add(new string('v', 40_000), new string('a', 40_000), new string('m', 40_001), new ClientFacts("10.0.0.1", null, null, null), "NOT_A_TOKEN");

        var line = Assert.Single(log.Take());

        Assert.Equal((255, 255, 255, 2), (line.VirtualCluster!.Length, line.Account!.Length, line.Mechanism.Length, line.Count));
    }
}
