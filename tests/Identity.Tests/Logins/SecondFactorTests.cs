using System.Net;
using System.Text.RegularExpressions;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.Logins;

public sealed partial class SecondFactorTests(SharedIdentity shared) : IClassFixture<SharedIdentity>
{
    private const string SetUp = "/account/second-factor";

    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Login_asks_for_the_code_of_the_app_and_goes_on_where_the_portal_wanted()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "two-steps");
        var (secret, used) = await TurnOnAsync(browser);
        using var fresh = new Browser(_identity.Url);
        var portal = new Portal(_identity);
        using var sent = await fresh.GetAsync(portal.AuthorizationPath());

        using var password = await fresh.LogInAsync("two-steps", path: sent.Headers.Location!.OriginalString);
        var step = password.Headers.Location!.OriginalString;
        Assert.StartsWith("/login/code?", step);
        Assert.Null(fresh.SessionCookie);
        using var code = await fresh.SubmitAsync(step, ("code", NextCode(secret, used)));

        Assert.StartsWith("/connect/authorize?", code.Headers.Location!.OriginalString);
        using var back = await fresh.GetAsync(code.Headers.Location.OriginalString);
        Assert.NotEmpty(Portal.CodeOf(back));
    }

    [Fact]
    public async Task Code_works_once_and_wrong_ones_are_refused()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "replayed");
        var (secret, used) = await TurnOnAsync(browser);
        using var fresh = new Browser(_identity.Url);
        using var password = await fresh.LogInAsync("replayed");

        // The code that turned it on counts as used.
        foreach (var code in new[] { used, "000000", "" })
        {
            using var refused = await fresh.SubmitAsync("/login/code", ("code", code));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Null(fresh.SessionCookie);
        }

        using var right = await fresh.SubmitAsync("/login/code", ("code", NextCode(secret, used)));
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
    }

    [Fact]
    public async Task Guessing_codes_ends_after_a_few_also_with_the_right_password_in_between()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "guessed");
        await TurnOnAsync(browser);
        using var fresh = new Browser(_identity.Url);

        var blocked = false;
        for (var i = 0; i < 3 && !blocked; i++)
        {
            using var password = await fresh.LogInAsync("guessed");
            using var code = await fresh.SubmitAsync("/login/code", ("code", "000000"));
            blocked = (await code.Content.ReadAsStringAsync()).Contains("Too many attempts", StringComparison.Ordinal);
        }

        Assert.True(blocked);
    }

    [Fact]
    public async Task Second_step_needs_the_first()
    {
        using var browser = new Browser(_identity.Url);

        using var page = await browser.GetAsync("/login/code");

        Assert.Equal("/login", page.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Turning_it_on_or_off_needs_the_password()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "careful");
        var page = await browser.ReadAsync(SetUp);
        using var on = await browser.SubmitAsync(SetUp, $"{SetUp}?handler=On",
            [("offer", Offer().Match(page).Groups[1].Value), ("code", Totp.At(SecretIn(page), Step())), ("current", "not the password at all")]);
        Assert.Equal(HttpStatusCode.BadRequest, on.StatusCode);
        await TurnOnAsync(browser);

        using var off = await browser.SubmitAsync(SetUp, $"{SetUp}?handler=Off", [("current", "not the password at all")]);
        Assert.Equal(HttpStatusCode.BadRequest, off.StatusCode);
        using var reallyOff = await browser.SubmitAsync(SetUp, $"{SetUp}?handler=Off", [("current", Someone.Password)]);

        Assert.Equal(HttpStatusCode.Redirect, reallyOff.StatusCode);
        using var fresh = new Browser(_identity.Url);
        using var login = await fresh.LogInAsync("careful");
        Assert.Equal("/account", login.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Offer_made_to_someone_else_is_not_taken()
    {
        using var mine = new Browser(_identity.Url);
        using var theirs = new Browser(_identity.Url);
        await _identity.JoinAsync(mine, "mine");
        await _identity.JoinAsync(theirs, "theirs");
        var page = await theirs.ReadAsync(SetUp);

        using var answer = await mine.SubmitAsync(SetUp, $"{SetUp}?handler=On",
            [("offer", Offer().Match(page).Groups[1].Value), ("code", Totp.At(SecretIn(page), Step())), ("current", Someone.Password)]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Secret_is_shown_as_a_picture_and_as_text_and_lies_sealed_in_the_database()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "picture");
        var page = await browser.ReadAsync(SetUp);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        Assert.Contains($"otpauth://totp/PartnerPlatform:picture?secret={Totp.Text(SecretIn(page))}", page, StringComparison.Ordinal);

        var (secret, _) = await TurnOnAsync(browser);

        await using var database = Npgsql.NpgsqlDataSource.Create(_identity.Database);
        await using var command = database.CreateCommand("SELECT second_factor FROM identity.accounts WHERE person_id = 'person-picture'");
        var stored = (byte[])(await command.ExecuteScalarAsync())!;
        Assert.Equal(-1, stored.AsSpan().IndexOf(secret));
    }

    /// <returns>The secret, and the code that turned it on.</returns>
    private static async Task<(byte[] Secret, string Code)> TurnOnAsync(Browser browser)
    {
        var page = await browser.ReadAsync(SetUp);
        var (secret, code) = (SecretIn(page), Totp.At(SecretIn(page), Step()));
        using var answer = await browser.SubmitAsync(SetUp, $"{SetUp}?handler=On", [("offer", Offer().Match(page).Groups[1].Value), ("code", code), ("current", Someone.Password)]);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return (secret, code);
    }

    /// <summary>A code that was not used: the next one counts already, since clocks may be off by a step.</summary>
    private static string NextCode(byte[] secret, string used)
    {
        var current = Totp.At(secret, Step());
        return current == used ? Totp.At(secret, Step() + 1) : current;
    }

    private static long Step() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30;

    private static byte[] SecretIn(string page)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(Key().Match(page).Groups[1].Value.Select(sign => Convert.ToString(alphabet.IndexOf(sign, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(part => part.Length == 8).Select(part => Convert.ToByte(new string(part), 2))];
    }

    [GeneratedRegex("name=\"offer\" value=\"([^\"]+)\"")]
    private static partial Regex Offer();

    [GeneratedRegex("<code>([A-Z2-7]{32})</code>")]
    private static partial Regex Key();
}
