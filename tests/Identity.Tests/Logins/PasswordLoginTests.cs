using System.Diagnostics;
using System.Net;
using PartnerPlatform.Identity.Tests.Surroundings;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Logins;

public sealed class PasswordLoginTests(SharedIdentity shared, TestPostgres postgres) : IClassFixture<SharedIdentity>
{
    private readonly IdentityUnderTest _identity = shared.Identity;

    [Fact]
    public async Task Wrong_password_and_unknown_name_get_the_same_answer()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "known");

        using var wrongPassword = await browser.LogInAsync("known", "not the password at all");
        using var unknownName = await browser.LogInAsync("nobody", "not the password at all");

        Assert.Equal(HttpStatusCode.BadRequest, wrongPassword.StatusCode);
        Assert.Equal(wrongPassword.StatusCode, unknownName.StatusCode);
        var texts = (await Text(wrongPassword), await Text(unknownName));
        Assert.Contains("Login name or password is wrong.", texts.Item1, StringComparison.Ordinal);
        Assert.Equal(texts.Item1, texts.Item2.Replace("nobody", "known", StringComparison.Ordinal));

        static async Task<string> Text(HttpResponseMessage answer) => Browser.WithoutFormToken(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Wrong_password_and_unknown_name_cost_the_same_time()
    {
        await using var identity = await IdentityUnderTest.StartAsync(postgres, new Dictionary<string, string> { ["IDENTITY_LOGIN_ATTEMPTS"] = "1000" });
        using var browser = new Browser(identity.Url);
        await identity.JoinAsync(browser, "timed");
        var token = await browser.FormTokenAsync("/login");

        var (known, unknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < 11; i++)
        {
            known.Add(await MeasureAsync("timed"));
            unknown.Add(await MeasureAsync($"nobody-{i}"));
        }

        // One hash costs many times what the rest of a request does: without it the ratio would be far below.
        Assert.InRange(unknown.Order().ElementAt(5) / known.Order().ElementAt(5), 0.6, 1.7);

        async Task<double> MeasureAsync(string name)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await browser.PostAsync("/login", [new("loginName", name), new("password", "not the password at all"), new("form", token)]);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    [Theory]
    [InlineData("locked")]
    [InlineData("never-invited")]
    public async Task Name_has_to_wait_after_five_failures_whether_anyone_has_it_or_not(string name)
    {
        using var browser = new Browser(_identity.Url);
        if (name == "locked")
        {
            await _identity.JoinAsync(browser, name);
        }

        for (var i = 0; i < 5; i++)
        {
            using var failure = await browser.LogInAsync(name, "not the password at all");
            Assert.Contains("is wrong", await failure.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var blocked = await browser.LogInAsync(name);

        Assert.Equal(HttpStatusCode.BadRequest, blocked.StatusCode);
        Assert.Contains("Too many attempts", await blocked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_attempts_at_once_are_not_more_than_many_in_a_row()
    {
        using var browser = new Browser(_identity.Url);
        var token = await browser.FormTokenAsync("/login");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var answer = await browser.PostAsync("/login", [new("loginName", "at-once"), new("password", $"guess number {i} of many"), new("form", token)]);
            return await answer.Content.ReadAsStringAsync();
        }));

        Assert.Equal(5, answers.Count(answer => answer.Contains("is wrong", StringComparison.Ordinal)));
        Assert.Equal(15, answers.Count(answer => answer.Contains("Too many attempts", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Wait_ends_by_itself_grows_with_each_failure_and_is_forgotten_after_a_login()
    {
        await using var identity = await IdentityUnderTest.StartAsync(
            postgres, new Dictionary<string, string> { ["IDENTITY_LOGIN_ATTEMPTS"] = "2", ["IDENTITY_LOGIN_DELAY"] = "1s" });
        using var browser = new Browser(identity.Url);
        await identity.JoinAsync(browser, "patient");

        var first = await WaitAfterFailureAsync(failures: 2);
        var second = await WaitAfterFailureAsync(failures: 1);
        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                using var login = await browser.LogInAsync("patient");
                return login.StatusCode == HttpStatusCode.Redirect;
            },
            "the right password is taken again");

        using var failure = await browser.LogInAsync("patient", "not the password at all");
        using var again = await browser.LogInAsync("patient");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.InRange(first.TotalSeconds, 0, 5);
        Assert.True(second >= TimeSpan.FromSeconds(1.5), $"the second wait was {second}");

        // How long until an attempt is looked at again. The probe is a wrong password, since a right one would end the count.
        async Task<TimeSpan> WaitAfterFailureAsync(int failures)
        {
            for (var i = 0; i < failures; i++)
            {
                using var failed = await browser.LogInAsync("patient", "not the password at all");
            }

            var start = Stopwatch.GetTimestamp();
            await IdentityUnderTest.UntilAsync(
                async () =>
                {
                    using var probe = await browser.LogInAsync("patient", "still not the password");
                    return (await probe.Content.ReadAsStringAsync()).Contains("is wrong", StringComparison.Ordinal);
                },
                "the name may be tried again");
            return Stopwatch.GetElapsedTime(start);
        }
    }

    [Fact]
    public async Task Overlong_password_is_refused_without_more_work()
    {
        using var browser = new Browser(_identity.Url);
        await _identity.JoinAsync(browser, "long");

        using var answer = await browser.LogInAsync("long", new string('x', 10_000));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
