using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Database;

public sealed class StartTests
{
    [Theory]
    [InlineData("PLATFORM_DATABASE", "")]
    [InlineData("PLATFORM_DATABASE", "nonsense")]
    [InlineData("IDENTITY_URL", "")]
    [InlineData("IDENTITY_URL", "http://identity.example.org")]
    [InlineData("GATEWAY_USER_POOL_SECRET_KEY", "")]
    [InlineData("GATEWAY_USER_POOL_SECRET_KEY", "***")]
    [InlineData("GATEWAY_USER_POOL_SECRET_KEY", "YWJj")]
    [InlineData("PLATFORM_MASTER_KEY_FILE", "/no/such/file")]
    [InlineData("PLATFORM_BOOTSTRAP_OPERATOR_SECRET_FILE", "/no/such/file")]
    [InlineData("PLATFORM_FEED_MAXIMUM_LAG", "-1")]
    [InlineData("PLATFORM_ZONE_PENDING_HOURS", "soon")]
    public async Task A_bad_setting_is_named_in_one_line(string name, string value)
    {
        var fault = await Assert.ThrowsAsync<InvalidSettingException>(() => PlatformUnderTest.Start("Host=127.0.0.1;Port=1", null, (name, value)));
        Assert.StartsWith($"{name} ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task The_first_operator_is_created_once()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('a', 64));
        var database = await PrivatePostgres.NewDatabase();
        for (var i = 0; i < 2; i++)
        {
            await using var platform = await PlatformUnderTest.Start(database, null, ("PLATFORM_BOOTSTRAP_OPERATOR_SECRET_FILE", file));
            var entry = Assert.Single((await platform.Feed(null, "identity", "identity")).Entries);
            Assert.Contains("\"operator\"", entry.Content.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(new string('a', 64), entry.Content.ToString(), StringComparison.Ordinal);
        }

        File.Delete(file);
    }
}
