using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PartnerPlatform.Web.Configuration;
using PartnerPlatform.Web.Login;
using PartnerPlatform.Web.Shell;

namespace PartnerPlatform.Web.Tests.Pages;

public sealed class FaultPageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fault-page-");

    [Theory]
    [InlineData("/", HttpStatusCode.ServiceUnavailable, "Identity cannot be reached", "DEPENDENCY_UNAVAILABLE")]
    [InlineData("/broken", HttpStatusCode.InternalServerError, "The portal could not answer", "INTERNAL")]
    public async Task What_cannot_be_shown_is_said_with_a_code_and_without_details(string path, HttpStatusCode status, string title, string code)
    {
        await using var portal = await PortalAsync();
        using var http = new HttpClient { BaseAddress = new(portal.Urls.Single()) };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains($"<h1>{title}</h1>", text, StringComparison.Ordinal);
        Assert.Contains($"<code>{code}</code>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Nobody listens where its Identity should be.</summary>
    private async Task<WebApplication> PortalAsync()
    {
        var secret = Path.Combine(_folder.FullName, "secret");
        await File.WriteAllTextAsync(secret, "a secret");
        var options = new WebOptions("", new("http://127.0.0.1/"), new("http://127.0.0.1:1/"), new("http://127.0.0.1:1/"), secret, _folder.FullName);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddLogin(options);
        var portal = builder.Build();
        portal.UseSecurityHeaders();
        portal.UseFaultPage();
        portal.UseAuthentication();
        portal.UseAuthorization();
        portal.MapGet("/", () => "nobody is logged in").RequireAuthorization();
        portal.MapGet("/broken", IResult () => throw new InvalidOperationException("a detail"));
        await portal.StartAsync();
        return portal;
    }
}
