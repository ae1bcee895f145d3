using System.Net;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Tests.Surroundings;

namespace PartnerPlatform.Identity.Tests.People;

public sealed class OneTimeEntryTests(SharedIdentity shared) : IClassFixture<SharedIdentity>
{
    private const string CodeRefused = "The code is wrong, was used before, or has expired.";
    private const string NewPassword = "another whole sentence to remember";

    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Invitation_works_once()
    {
        var person = Someone.Invited("twice", out var code);
        using var browser = new Browser(_identity.Url);
        await PutAsync(person);
        using var first = await browser.AcceptAsync(code, "twice");
        Assert.Equal("/account", first.Headers.Location!.OriginalString);

        using var second = await browser.AcceptAsync(code, "twice-again");

        Assert.Contains(CodeRefused, await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invitation_that_is_used_twice_at_once_makes_one_login()
    {
        await PutAsync(Someone.Invited("race", out var code));

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using var browser = new Browser(_identity.Url);
            using var answer = await browser.AcceptAsync(code, $"race-{i}");
            return answer.StatusCode;
        }));

        Assert.Equal(1, answers.Count(status => status == HttpStatusCode.Redirect));
        Assert.Equal(3, answers.Count(status => status == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Wrong_expired_replaced_and_foreign_codes_get_the_same_answer()
    {
        await PutAsync(Someone.Invited("expired", out var expired, expiresAt: DateTimeOffset.UtcNow.AddSeconds(-1)));
        var renewed = Someone.Invited("renewed", out var replaced);
        await PutAsync(renewed);
        await PutAsync(renewed with { Code = Someone.Code(OneTimeCodeKind.Invitation, OneTimeCodes.Generate()) });
        await PutAsync(Someone.Invited("reset-only", out _) with { Code = Someone.Code(OneTimeCodeKind.PasswordReset, "AAAAA-AAAAA") });
        using var browser = new Browser(_identity.Url);

        foreach (var code in new[] { OneTimeCodes.Generate(), expired, replaced, "AAAAA-AAAAA", "", "'; --" })
        {
            using var answer = await browser.AcceptAsync(code, "intruder");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            if (code.Length > 0)
            {
                Assert.Contains(CodeRefused, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Code_is_read_without_case_hyphens_and_look_alikes()
    {
        await PutAsync(Someone.Invited("typed", out var code));
        using var browser = new Browser(_identity.Url);

        using var answer = await browser.AcceptAsync($" {code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal).Replace('0', 'o').Replace('1', 'l')} ", "typed");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Theory]
    [InlineData("short", "too short", null)]
    [InlineData("own-name-here", "my own-name-here is it", null)]
    [InlineData("common", "passwordpassword", null)]
    [InlineData("monotonous", "aaaaaaaaaaaaaaaaaaaa", null)]
    [InlineData("differing", "a whole sentence to remember", "a whole sentence to forget")]
    [InlineData("a b", "a whole sentence to remember", null)]
    [InlineData("xy", "a whole sentence to remember", null)]
    public async Task Bad_password_or_name_is_refused_and_the_code_stays_good(string name, string password, string? repeated)
    {
        await PutAsync(Someone.Invited($"rules-{name.Replace(' ', '-')}", out var code));
        using var browser = new Browser(_identity.Url);

        using var refused = await browser.AcceptAsync(code, name, password, repeated);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.DoesNotContain(password, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var accepted = await browser.AcceptAsync(code, $"{name.Replace(' ', '-')}-again");
        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
    }

    [Fact]
    public async Task Login_name_is_given_once_whatever_its_case()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "unique");
        await PutAsync(Someone.Invited("second", out var code));

        using var answer = await browser.AcceptAsync(code, "UNIQUE");

        Assert.Contains("The login name is taken.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_sets_a_new_password_once_and_logs_out_everywhere()
    {
        using var browser = new Browser(_identity.Url);
        var person = await _identity.JoinAsync(browser, "forgetful");
        var portal = new Portal(_identity);
        var tokens = await portal.TokensAsync(browser);
        var code = OneTimeCodes.Generate();
        await PutAsync(person with { Code = Someone.Code(OneTimeCodeKind.PasswordReset, code) });

        using var reset = await ResetAsync(code);

        Assert.Equal("/login", reset.Headers.Location!.OriginalString);
        using var account = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.Redirect, account.StatusCode);
        using var refresh = await portal.RefreshAsync(tokens.Refresh);
        Assert.Equal("invalid_grant", await PersonTokens.ErrorAsync(refresh));
        using var oldPassword = await browser.LogInAsync("forgetful");
        Assert.Equal(HttpStatusCode.BadRequest, oldPassword.StatusCode);
        using var newPassword = await browser.LogInAsync("forgetful", NewPassword);
        Assert.Equal(HttpStatusCode.Redirect, newPassword.StatusCode);
        using var again = await ResetAsync(code);
        Assert.Contains(CodeRefused, await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_code_is_of_no_use_before_there_is_a_login_or_after_it_expired()
    {
        var code = OneTimeCodes.Generate();
        await PutAsync(Someone.Invited("nobody-yet", out var invitation) with { Code = Someone.Code(OneTimeCodeKind.PasswordReset, code) });
        using var browser = new Browser(_identity.Url);
        var person = await _identity.JoinAsync(browser, "too-late");
        var late = OneTimeCodes.Generate();
        await PutAsync(person with { Code = Someone.Code(OneTimeCodeKind.PasswordReset, late, DateTimeOffset.UtcNow.AddSeconds(-1)) });

        foreach (var refused in new[] { code, invitation, late, OneTimeCodes.Generate() })
        {
            using var answer = await ResetAsync(refused);
            Assert.Contains(CodeRefused, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Reset_password_obeys_the_rules_and_the_code_stays_good()
    {
        using var browser = new Browser(_identity.Url);
        var person = await _identity.JoinAsync(browser, "obedient");
        var code = OneTimeCodes.Generate();
        await PutAsync(person with { Code = Someone.Code(OneTimeCodeKind.PasswordReset, code) });

        using var refused = await ResetAsync(code, "obedient obedient");
        using var accepted = await ResetAsync(code);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Redirect), (refused.StatusCode, accepted.StatusCode));
    }

    [Fact]
    public async Task Password_is_changed_by_who_knows_it_and_other_sessions_end()
    {
        using var browser = new Browser(_identity.Url);
        using var other = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "changing");
        using var login = await other.LogInAsync("changing");
        using var wrong = await ChangeAsync("not the password at all");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        using var changed = await ChangeAsync(Someone.Password);

        Assert.Equal("/account?done=password", changed.Headers.Location!.OriginalString);
        Assert.Contains("changing the Person", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        using var elsewhere = await other.GetAsync("/account");
        Assert.Equal(HttpStatusCode.Redirect, elsewhere.StatusCode);
        using var newLogin = await other.LogInAsync("changing", NewPassword);
        Assert.Equal(HttpStatusCode.Redirect, newLogin.StatusCode);

        Task<HttpResponseMessage> ChangeAsync(string current) =>
            browser.SubmitAsync("/account/password", ("current", current), ("password", NewPassword), ("repeated", NewPassword));
    }

    private async Task<HttpResponseMessage> ResetAsync(string code, string password = NewPassword)
    {
        using var browser = new Browser(_identity.Url);
        return await browser.SubmitAsync("/reset", ("code", code), ("password", password), ("repeated", password));
    }

    /// <summary>Tells of a person, and waits until Identity has heard.</summary>
    private async Task PutAsync(PersonDocument person)
    {
        _identity.Platform.Put(person);
        await using var database = Npgsql.NpgsqlDataSource.Create(_identity.Database);
        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                await using var command = database.CreateCommand("SELECT count(*) FROM identity.people WHERE id = $1 AND code_hash = $2");
                command.Parameters.Add(new() { Value = person.Id });
                command.Parameters.Add(new() { Value = person.Code!.Hash });
                return (long)(await command.ExecuteScalarAsync())! == 1;
            },
            $"Identity has heard of {person.Id}");
    }
}
