using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;

namespace PartnerPlatform.Platform.Tests.Configuration;

/// <summary>What all parts read their settings by.</summary>
public sealed class SettingsReaderTests : IDisposable
{
    private const string Name = "THE_SETTING";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void What_is_not_given_is_what_it_is_otherwise()
    {
        var settings = Given();

        Assert.Equal((null, false, 7, true), (settings.Optional(Name), settings.HasSecret(Name), settings.Int(Name, 7, 0), settings.Flag(Name, true)));
        Assert.Equal((TimeSpan.FromHours(2), DayOfWeek.Friday, null), (settings.Duration(Name, TimeSpan.FromHours(2)), settings.Choice(Name, DayOfWeek.Friday), settings.OptionalFile(Name)));
        Assert.Empty(settings.List(Name));
        settings.ThrowIfFaulty();
    }

    [Fact]
    public void What_is_given_is_read()
    {
        Assert.Equal(["a", "b"], Given(" a,, b ").List(Name));
        Assert.Equal((90, false, DayOfWeek.Monday), (Given("90").Int(Name, 7, 0), Given("false").Flag(Name, true), Given("Monday").Choice(Name, DayOfWeek.Friday)));
        Assert.Equal([90, 600, 43_200, 2_592_000], new[] { "90s", "10m", "12h", "30d" }.Select(text => (int)Given(text).Duration(Name, default).TotalSeconds));
        Assert.Equal("http://127.0.0.1:8080/", Given("http://127.0.0.1:8080").SecureUrl(Name, "where").AbsoluteUri);
        Assert.Equal(_file, Given(_file).RequiredFile(Name, "a file"));
        Assert.Equal(32, Given(Convert.ToBase64String(new byte[32])).Key(Name, "a key").Length);
        Assert.Equal("given", new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection([new("A:B", "given")]).Build()).Optional("A__B"));
    }

    [Fact]
    public void A_secret_may_stand_in_a_file()
    {
        File.WriteAllText(_file, " from the file\n");

        Assert.Equal("itself", Given("itself").Secret(Name, "a secret"));
        Assert.Equal("from the file", Given(null, _file).Secret(Name, "a secret"));
        Assert.Equal("from the file", Given(_file).Content(Name, "a secret"));
    }

    [Fact]
    public void All_faults_are_told_at_once_by_name_and_rule()
    {
        File.WriteAllText(_file, "short");
        (string? Value, string? File, Action<SettingsReader> Read, string Fault)[] cases =
        [
            (null, null, s => s.Required(Name, "who it is"), "is missing: who it is."),
            ("", null, s => s.Required(Name, "who it is"), "is missing: who it is."),
            ("-1", null, s => s.Int(Name, 7, 0, 9), "is '-1': a whole number from 0 to 9 is allowed."),
            ("99999999999", null, s => s.Int(Name, 7, 0), "is '99999999999': a whole number from 0 to 2147483647 is allowed."),
            ("yes", null, s => s.Flag(Name, false), "is 'yes': true or false is allowed."),
            ("1", null, s => s.Choice(Name, DateTimeKind.Utc), "is '1': one of Unspecified, Utc, Local is allowed."),
            ("5", null, s => s.Duration(Name, default), "is '5': a duration such as 90s, 10m, 12h or 30d, of 3650d at most, is needed."),
            ("0s", null, s => s.Duration(Name, default), "is '0s': a duration such as 90s, 10m, 12h or 30d, of 3650d at most, is needed."),
            ("2147483647d", null, s => s.Duration(Name, default), "is '2147483647d': a duration such as 90s, 10m, 12h or 30d, of 3650d at most, is needed."),
            ("ftp://there", null, s => s.Url(Name, "where"), "is 'ftp://there': an absolute http or https URL is needed."),
            ("http://there", null, s => s.SecureUrl(Name, "where"), "is 'http://there': an absolute https URL is needed (http is for loopback addresses only)."),
            (null, null, s => s.SecureUrl(Name, "where"), "is missing: where."),
            ("/nowhere", null, s => s.OptionalFile(Name), "is '/nowhere': there is no such file."),
            (null, null, s => s.RequiredFile(Name, "a file"), "is missing: a file."),
            (null, null, s => s.Secret(Name, "a secret"), "(or THE_SETTING_FILE) is missing: a secret."),
            ("hidden", _file, s => s.Secret(Name, "a secret"), "and THE_SETTING_FILE are both set: one of them is allowed."),
            (null, "/dev/null", s => s.Secret(Name, "a secret"), "_FILE is '/dev/null': the file holds nothing, but a secret is needed."),
            (null, "/nowhere", s => s.Secret(Name, "a secret"), "_FILE cannot be read: Could not find file '/nowhere'."),
            ("hidden!", null, s => s.Key(Name, "a key"), "is not base64: a random value of 256 bit in base64 (openssl rand -base64 32) is needed."),
            ("aGlkZGVu", null, s => s.Key(Name, "a key"), "has 48 bit: a random value of 256 bit in base64 (openssl rand -base64 32) is needed."),
        ];
        foreach (var (value, file, read, fault) in cases)
        {
            var settings = Given(value, file);
            read(settings);
            settings.Require(false, "THE_OTHER", "is wrong too");

            var told = Assert.Throws<InvalidSettingException>(settings.ThrowIfFaulty).Message;
            Assert.Equal($"{Name}{(fault[0] == '_' ? "" : " ")}{fault}\nTHE_OTHER is wrong too.", told);
            Assert.DoesNotContain("hidden", told, StringComparison.Ordinal);
        }
    }

    private static SettingsReader Given(string? value = null, string? file = null) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new(Name, value), new(Name + "_FILE", file)]).Build());
}
