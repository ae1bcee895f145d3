using System.Net;
using System.Text.RegularExpressions;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>A person's browser: cookies, and forms as the pages offer them. Redirects are not followed by themselves.</summary>
/// <param name="cookies">Of a browser that has been elsewhere.</param>
public sealed partial class Browser(Uri identity, CookieContainer? cookies = null) : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false, CookieContainer = cookies ?? new CookieContainer() };
    private HttpClient? _http;

    public CookieContainer Cookies => _handler.CookieContainer;

    /// <summary>The same browser at another host.</summary>
    public Browser At(IdentityUnderTest other) => new(other.Url, Cookies);

    private HttpClient Http => _http ??= new HttpClient(_handler, disposeHandler: false) { BaseAddress = identity };

    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));

    public async Task<string> ReadAsync(string path)
    {
        using var answer = await GetAsync(path);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Posts without looking at the page first.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var content = new FormUrlEncodedContent(fields);
        return await Http.PostAsync(new Uri(path, UriKind.RelativeOrAbsolute), content);
    }

    /// <summary>Opens the page, fills in its form and sends it.</summary>
    public Task<HttpResponseMessage> SubmitAsync(string path, params (string Name, string Value)[] fields) => SubmitAsync(path, path, fields);

    /// <param name="page">Where the form is.</param>
    /// <param name="action">Where it is sent.</param>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string action, (string Name, string Value)[] fields)
    {
        var token = await FormTokenAsync(page);
        return await PostAsync(action, fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(KeyValuePair.Create("form", token)));
    }

    public async Task<string> FormTokenAsync(string path)
    {
        var page = await ReadAsync(path);
        var token = FormToken().Match(page);
        Assert.True(token.Success, $"{path} has no form with a token:\n{page}");
        return token.Groups[1].Value;
    }

    public static string WithoutFormToken(string page) => FormToken().Replace(page, "");

    public string? SessionCookie => Cookies.GetCookies(identity)["partnerplatform_identity"]?.Value;

    public void Dispose()
    {
        _http?.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("name=\"form\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
