using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using PartnerPlatform.Web.Shell;
using PartnerPlatform.Stack;

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
        ApprovedFile.MustBe("tests/Web.Tests/Approved/page-rights.txt", string.Concat(lines));
    }

    private static string Roles(Type page) => page.GetCustomAttribute<AuthorizeAttribute>() switch
    {
        null => "EVERYBODY, ALSO WITHOUT A LOGIN",
        { Roles: null } => "everybody who is logged in",
        var attribute => attribute.Roles!,
    };
}
