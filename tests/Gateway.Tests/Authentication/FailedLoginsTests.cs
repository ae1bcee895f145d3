using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Authentication;

public class FailedLoginsTests
{
    private readonly SteppedTime _time = new();

    [Fact]
    public void Answers_wait_twice_as_long_after_every_five_failures_of_an_address_up_to_a_limit_and_forget_after_a_minute()
    {
        var failures = Failures("100");

        Assert.Equal(
            [100, 100, 100, 100, 200, 200, 200, 200, 200, 400],
            Enumerable.Range(0, 10).Select(i => failures.Add("10.0.0.1", "shop", $"account-{i}").TotalMilliseconds));
        Assert.Equal(100, failures.Add("10.0.0.2", null, null).TotalMilliseconds);
        for (var i = 0; i < 100; i++)
        {
            failures.Add("10.0.0.1", null, null);
        }

        Assert.Equal(6400, failures.Add("10.0.0.1", null, null).TotalMilliseconds);
        _time.Pass(TimeSpan.FromSeconds(61));
        Assert.Equal(100, failures.Add("10.0.0.1", null, null).TotalMilliseconds);
    }

    [Fact]
    public void Failures_of_one_account_add_up_over_addresses()
    {
        var failures = Failures("100");
        for (var i = 0; i < 9; i++)
        {
            failures.Add($"10.0.0.{i}", "shop", "app");
        }

        Assert.Equal(400, failures.Add("10.0.1.1", "shop", "app").TotalMilliseconds);
        Assert.Equal(100, failures.Add("10.0.1.2", "store", "app").TotalMilliseconds);
    }

    [Fact]
    public void What_is_remembered_is_bounded_and_who_is_not_remembered_waits()
    {
        var failures = Failures("100");
        for (var i = 0; i < 10_000; i++)
        {
            failures.Add($"address-{i}", null, null);
        }

        Assert.Equal(6400, failures.Add("one-more", null, null).TotalMilliseconds);
        _time.Pass(TimeSpan.FromSeconds(61));
        Assert.Equal(100, failures.Add("one-more", null, null).TotalMilliseconds);
    }

    [Fact]
    public void Nobody_waits_where_the_delay_is_zero() => Assert.Equal(TimeSpan.Zero, Failures("0").Add("10.0.0.1", null, null));

    private FailedLogins Failures(string delay) => new(
        GatewayOptions.Read(new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["GATEWAY_FAILED_LOGIN_DELAY_MS"] = delay }).Build()), BrokerProtocol.PLAINTEXT),
        _time,
        NullLogger<FailedLogins>.Instance);
}
