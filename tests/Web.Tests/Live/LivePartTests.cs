using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Configuration;
using PartnerPlatform.Web.Live;
using PartnerPlatform.Web.Login;
using PartnerPlatform.Web.Parts;

namespace PartnerPlatform.Web.Tests.Live;

/// <summary>A part drawn without a browser; a test answers what it asks for when it wants to.</summary>
public sealed class LivePartTests : IAsyncDisposable
{
    private readonly Answers _answers = new();
    private readonly ServiceProvider _services;
    private readonly HtmlRenderer _renderer;
    private HtmlRootComponent _page;
    private Host? _host;

    public LivePartTests()
    {
        _services = new ServiceCollection().AddHttpClient().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(_answers)
            .AddSingleton(new WebOptions("", new("http://localhost/"), new("http://localhost/"), new("http://localhost/"), "", ""))
            .AddSingleton(new PlatformSocketAddress(new("ws://localhost/"))).AddSingleton<IPlatformTokens, Nobody>()
            .AddSingleton<PlatformApi>().AddSingleton<PlatformSocket>().AddSingleton<LiveChanges>().BuildServiceProvider();
        _renderer = new HtmlRenderer(_services, NullLoggerFactory.Instance);
    }

    [Fact]
    public async Task What_is_under_way_for_another_address_is_neither_waited_for_nor_shown()
    {
        await DrawAsync("slow");
        _answers["quick"].SetResult("the quick one");
        await ShowAsync("quick");
        await ShowsAsync("the quick one");
        _answers["slow"].SetResult("the slow one");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        await ShowsAsync("the quick one");
    }

    [Fact]
    public async Task A_refusal_of_what_is_newer_is_shown_above_what_is_older_and_asked_again()
    {
        _answers["zone"].SetResult("as it was");
        await DrawAsync("zone");
        await ShowsAsync("as it was");

        _answers.Renew("zone").SetException(new RefusedException(new Refusal("INTERNAL", "Unexpected fault.")));
        await _renderer.Dispatcher.InvokeAsync(() => _host!.Part!.Again());
        await ShowsAsync("INTERNAL");
        await ShowsAsync("as it was");

        _answers.Renew("zone").SetResult("as it is");
        await ShowsAsync("as it is");
    }

    public async ValueTask DisposeAsync()
    {
        await _renderer.DisposeAsync();
        await _services.DisposeAsync();
    }

    private Task DrawAsync(string name) => _renderer.Dispatcher.InvokeAsync(() =>
    {
        _page = _renderer.BeginRenderingComponent<Host>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Host.Begin)] = name, [nameof(Host.OnDrawn)] = (Action<Host>)(host => _host = host) }));
    });

    private Task ShowAsync(string name) => _renderer.Dispatcher.InvokeAsync(() => _host!.Show(name));

    private Task ShowsAsync(string text) => Eventually.TrueAsync($"'{text}' is shown", TimeSpan.FromSeconds(5), () =>
        _renderer.Dispatcher.InvokeAsync(() => _page.ToHtmlString().Contains(text, StringComparison.Ordinal)));

    private sealed class Answers
    {
        private readonly Dictionary<string, TaskCompletionSource<string>> _byName = [];

        public TaskCompletionSource<string> this[string name] => _byName.TryGetValue(name, out var answer) ? answer : Renew(name);

        public TaskCompletionSource<string> Renew(string name) => _byName[name] = new();
    }

    private sealed class Part : LivePart
    {
        private string _text = "";

        [Parameter]
        public string Name { get; set; } = "";

        [Inject]
        private Answers Answers { get; set; } = null!;

        protected override object Key => Name;

        public Task Again() => Reload();

        protected override async Task Load(CancellationToken ct) => _text = await Answers[Name].Task.WaitAsync(ct);

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<Panel>(0);
            builder.AddAttribute(1, nameof(Panel.Loaded), Loaded);
            builder.AddAttribute(2, nameof(Panel.Failure), Failure);
            builder.AddAttribute(3, nameof(Panel.ChildContent), (RenderFragment)(content => content.AddContent(0, _text)));
            builder.CloseComponent();
        }
    }

    /// <summary>A page whose address changes.</summary>
    private sealed class Host : ComponentBase
    {
        private static readonly Task<AuthenticationState> Login = Task.FromResult(new AuthenticationState(new ClaimsPrincipal()));

        private string? _name;

        [Parameter]
        public string Begin { get; set; } = "";

        [Parameter]
        public Action<Host>? OnDrawn { get; set; }

        public Part? Part { get; private set; }

        public void Show(string name)
        {
            _name = name;
            StateHasChanged();
        }

        protected override void OnInitialized() => OnDrawn!(this);

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<CascadingValue<Task<AuthenticationState>>>(0);
            builder.AddAttribute(1, "Value", Login);
            builder.AddAttribute(2, "ChildContent", (RenderFragment)(content =>
            {
                content.OpenComponent<Part>(0);
                content.AddAttribute(1, nameof(LivePartTests.Part.Name), _name ?? Begin);
                content.AddComponentReferenceCapture(2, part => Part = (Part)part);
                content.CloseComponent();
            }));
            builder.CloseComponent();
        }
    }

    private sealed class Nobody : IPlatformTokens
    {
        public Task<string> AccessToken(CancellationToken ct) => throw new LoginEndedException();

        public Task End() => Task.CompletedTask;
    }
}
