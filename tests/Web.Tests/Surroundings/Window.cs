using System.Collections.Concurrent;
using System.Text.Json;

namespace PartnerPlatform.Web.Tests.Surroundings;

/// <summary>A browser window, and what a test asks of it. Requests to other hosts and errors of scripts are kept: no story may have any.</summary>
public sealed class Window : IAsyncDisposable
{
    private static readonly Lazy<string> Axe = new(() =>
    {
        using var reader = new StreamReader(typeof(Window).Assembly.GetManifestResourceStream("axe.min.js")!);
        return reader.ReadToEnd();
    });

    private readonly DemoStack _stack;
    private readonly int _width;
    private string _theme = "light";

    public Window(IPage page, DemoStack stack, int width)
    {
        (Page, _stack, _width) = (page, stack, width);
        page.Request += (_, request) => Requests.Add(request.Url);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => Errors.Add(error);
    }

    public IPage Page { get; }

    public ConcurrentBag<string> Requests { get; } = [];

    public ConcurrentBag<string> Errors { get; } = [];

    public static string ScreensFolder { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screens")).FullName;

    /// <summary>What other pages asked for and got wrong is not this one's.</summary>
    public void Forget()
    {
        Requests.Clear();
        Errors.Clear();
    }

    public Task GoAsync(string path) => Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });

    public async Task LogInAsync(string name, string password)
    {
        await Page.FillAsync("#loginName", name);
        await Page.FillAsync("#password", password);
        await Page.ClickAsync("button[type=submit]");
        await Page.WaitForURLAsync(url => url.StartsWith(_stack.Web.AbsoluteUri, StringComparison.Ordinal));
        await ShownAsync();
    }

    /// <summary>The page is drawn and its data is there.</summary>
    public async Task ShownAsync()
    {
        await Page.Locator("main h1").First.WaitForAsync();
        await Assertions.Expect(Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await Page.EvaluateAsync("document.fonts.ready");
    }

    public async Task<Window> AtAsync(string path)
    {
        await GoAsync(path);
        await ShownAsync();
        return this;
    }

    /// <summary>Fills in the reason of an open dialog and confirms it.</summary>
    public async Task ConfirmAsync(string button, string reason)
    {
        await Page.FillAsync("#reason", reason);
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Assertions.Expect(Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name });

    public ILocator Text(string text) => Page.GetByText(text);

    public Task SeesAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync();

    /// <summary>Switches to the theme, by the button that people have.</summary>
    public async Task WearAsync(string theme)
    {
        if (await Page.EvaluateAsync<string>("document.documentElement.dataset.theme") != theme)
        {
            await Button(theme == "dark" ? "Dark theme" : "Light theme").ClickAsync();
            await Assertions.Expect(Page.Locator("html")).ToHaveAttributeAsync("data-theme", theme);
            // MudBlazor's colours come with the next picture from the server.
            await Assertions.Expect(Button(theme == "dark" ? "Light theme" : "Dark theme")).ToBeVisibleAsync();
        }

        _theme = theme;
    }

    /// <summary>Leaves a picture under the test output.</summary>
    public async Task PictureAsync(string name) =>
        await Page.ScreenshotAsync(new() { Path = Path.Combine(ScreensFolder, $"{name}-{_width}-{_theme}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });

    /// <summary>What axe finds wrong with the page as it is; empty is good.</summary>
    public async Task<string> AxeAsync()
    {
        if (!await Page.EvaluateAsync<bool>("typeof axe !== 'undefined'"))
        {
            // Through the debugger, not a script element: the page's own policy would rightly refuse that.
            await Page.EvaluateAsync(Axe.Value);
        }

        var result = await Page.EvaluateAsync<JsonElement>("""
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
              .then(r => r.violations.map(v => v.id + ': ' + v.help + '\n' + v.nodes.slice(0, 3).map(n => '  ' + n.target.join(' ') + '  ' + n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? '')).join('\n')))
            """);
        return string.Join('\n', result.EnumerateArray().Select(v => v.GetString()));
    }

    public void AskedNobodyElse()
    {
        string[] own = [_stack.Web.Authority, _stack.Identity.Authority];
        Assert.DoesNotContain(Requests, url => Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https" or "ws" or "wss") && !own.Contains(uri.Authority));
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
