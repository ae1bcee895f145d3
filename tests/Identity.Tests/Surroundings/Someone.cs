using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>People as Platform would tell of them, and what they do at Identity's pages.</summary>
public static class Someone
{
    public const string Password = "a whole sentence to remember";

    public static PersonDocument Invited(string id, out string code, string role = Roles.Operator, string? organization = null, DateTimeOffset? expiresAt = null)
    {
        code = OneTimeCodes.Generate();
        return new PersonDocument($"person-{id}", role, organization, 0, Code(OneTimeCodeKind.Invitation, code, expiresAt));
    }

    public static OneTimeCode Code(OneTimeCodeKind kind, string code, DateTimeOffset? expiresAt = null) =>
        new(kind, OneTimeCodes.Hash(code), (expiresAt ?? DateTimeOffset.UtcNow.AddHours(1)).ToUnixTimeSeconds());

    /// <summary>Someone with a login and a session in this browser.</summary>
    public static async Task<PersonDocument> JoinAsync(
        this IdentityUnderTest identity, Browser browser, string name, string role = Roles.Operator, string? organization = null)
    {
        var person = Invited(name, out var code, role, organization);
        identity.Platform.Put(person);
        await IdentityUnderTest.UntilAsync(
            async () =>
            {
                using var answer = await browser.AcceptAsync(code, name);
                return answer.StatusCode == System.Net.HttpStatusCode.Redirect;
            },
            $"{name} accepts the invitation");
        return person;
    }

    public static Task<HttpResponseMessage> AcceptAsync(this Browser browser, string code, string loginName, string password = Password, string? repeated = null) =>
        browser.SubmitAsync(
            "/invitation", ("code", code), ("loginName", loginName), ("displayName", $"{loginName} the Person"), ("password", password), ("repeated", repeated ?? password));

    public static Task<HttpResponseMessage> LogInAsync(this Browser browser, string loginName, string password = Password, string path = "/login") =>
        browser.SubmitAsync(path, ("loginName", loginName), ("password", password));
}
