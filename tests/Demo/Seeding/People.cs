using System.Net;
using System.Text.RegularExpressions;
using PartnerPlatform.Demo.State;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Api;

namespace PartnerPlatform.Demo.Seeding;

/// <summary>Somebody who can log in to the portal.</summary>
/// <param name="Key">Begins the names of the facts in the environment file.</param>
/// <param name="Organization">Of a partner admin.</param>
internal sealed record DemoPerson(string Key, string LoginName, string DisplayName, string Role, string? Organization);

/// <summary>The demo's people: invited by Platform's API, joined at Identity's own page, as anybody is.</summary>
internal sealed partial class People(GraphQLClient api, DemoState state, Uri identity)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static readonly IReadOnlyList<DemoPerson> All =
    [
        new("OPERATOR", "operator", "Olivia Operator", "OPERATOR", null),
        new("AUDITOR", "auditor", "Arthur Auditor", "AUDITOR", null),
        new("ACME", "acme", "Ann of Acme", "PARTNER_ADMIN", "acme"),
        new("GLOBEX", "globex", "Greg of Globex", "PARTNER_ADMIN", "globex"),
    ];

    public static string Password(DemoState state, DemoPerson person) => state.Secret($"{person.LoginName}.password");

    public async Task JoinAsync(DemoPerson person, CancellationToken cancellation)
    {
        var joined = $"{person.LoginName}.joined";
        if (state.Find(joined) is not null)
        {
            return;
        }

        var invitation = await api.SendAsync(
            "InviteUser",
            new { input = new { role = person.Role, organization = person.Organization, displayName = person.DisplayName, reason = "demo" } },
            cancellation);
        var code = invitation.GetProperty("inviteUser").GetProperty("code").GetString()!;
        var start = TimeProvider.System.GetTimestamp();
        // Identity hears of the invitation through Platform's feed.
        while (!await AcceptAsync(person, code, cancellation))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new StackException($"Identity has not taken the invitation of {person.LoginName} for {Limit.TotalSeconds:0} s; see its log.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
        }

        state.Keep(joined, "");
    }

    private async Task<bool> AcceptAsync(DemoPerson person, string code, CancellationToken cancellation)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler) { BaseAddress = identity };
        var page = new Uri("invitation", UriKind.Relative);
        var token = FormToken().Match(await browser.GetStringAsync(page, cancellation)).Groups[1].Value;
        var password = Password(state, person);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["code"] = code,
            ["loginName"] = person.LoginName,
            ["displayName"] = person.DisplayName,
            ["password"] = password,
            ["repeated"] = password,
            ["form"] = WebUtility.HtmlDecode(token),
        });
        using var answer = await browser.PostAsync(page, form, cancellation);
        // Taken by a start that ended before it could note so, with the password that was kept before.
        return answer.StatusCode == HttpStatusCode.Redirect
            || (await answer.Content.ReadAsStringAsync(cancellation)).Contains("login name is taken", StringComparison.Ordinal);
    }

    [GeneratedRegex("name=\"form\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
