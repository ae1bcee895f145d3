using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(PartnerPlatform.Web.Tests.Surroundings.PortalFixture))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace PartnerPlatform.Web.Tests.Surroundings;

/// <summary>One stack and one browser for all stories; each story has windows of its own.</summary>
public sealed class PortalFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _logins = [];
    private readonly Dictionary<(string Who, int Width), Window> _kept = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public DemoStack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stack = await DemoStack.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
    }

    /// <summary>A window that is kept for the pages to come: a new one would load everything anew.</summary>
    public async Task<Window> KeptAsync(string who, string path, int width)
    {
        if (!_kept.TryGetValue((who, width), out var window))
        {
            return _kept[(who, width)] = await OpenAsync(who, path, width: width);
        }

        window.Forget();
        await window.GoAsync(path);
        return window;
    }

    /// <summary>A window of somebody who is logged in.</summary>
    /// <param name="who">OPERATOR, AUDITOR, ACME or GLOBEX.</param>
    public async Task<Window> OpenAsync(string who, string path = "/", int width = 1280, bool fresh = false)
    {
        var kept = fresh ? null : _logins.GetValueOrDefault(who);
        var window = await BlankAsync(width, kept);
        await window.GoAsync(path);
        if (await window.Page.Locator("#loginName").IsVisibleAsync())
        {
            await window.LogInAsync(Stack[$"{who}_USER"], Stack[$"{who}_PASSWORD"]);
            if (!fresh)
            {
                _logins[who] = await window.Page.Context.StorageStateAsync();
            }
        }

        return window;
    }

    public async Task<Window> BlankAsync(int width = 1280, string? state = null)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = Stack.Web.AbsoluteUri,
            StorageState = state,
            ViewportSize = new() { Width = width, Height = width < 600 ? 812 : 860 },
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(15_000);
        return new Window(await context.NewPageAsync(), Stack, width);
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
