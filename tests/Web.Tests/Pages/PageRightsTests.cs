using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using PartnerPlatform.Web.Shell;

namespace PartnerPlatform.Web.Tests.Pages;

public class PageRightsTests
{
    [Fact]
    public void Who_may_see_which_page_is_the_approved_list()
    {
        var lines = typeof(App).Assembly.GetTypes()
            .SelectMany(page => page.GetCustomAttributes<RouteAttribute>().Select(route => (route.Template, Roles: Roles(page))))
            .OrderBy(page => page.Template, StringComparer.Ordinal)
            .Select(page => $"{page.Template,-80} {page.Roles}\n");
        Check(string.Concat(lines));
    }

    private static string Roles(Type page) => page.GetCustomAttribute<AuthorizeAttribute>() switch
    {
        null => "EVERYBODY, ALSO WITHOUT A LOGIN",
        { Roles: null } => "everybody who is logged in",
        var attribute => attribute.Roles!,
    };

    private static void Check(string text, [CallerFilePath] string here = "")
    {
        var folder = Path.Combine(Path.GetDirectoryName(here)!, "..", "Approved");
        var (approved, received) = (Path.Combine(folder, "page-rights.txt"), Path.Combine(folder, "page-rights.received.txt"));
        if (!File.Exists(approved) || File.ReadAllText(approved) != text)
        {
            File.WriteAllText(received, text);
            Assert.Fail($"page-rights.txt differs; compare it with {received}");
        }
    }
}
