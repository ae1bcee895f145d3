using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Live;

/// <summary>
/// A page, or a part of one, that shows what Platform says: loaded when its address changes, again when something changes, and again when
/// Platform is back. What is shown stays until there is something newer.
/// </summary>
public abstract class LivePart : ComponentBase, IAsyncDisposable
{
    /// <summary>A change is often one of several.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _loading = new(1);
    private CancellationTokenSource _shown = new();
    private object? _shownFor;
    private bool _due;

    [Inject] protected PlatformApi Api { get; set; } = null!;

    [Inject] protected LiveChanges Live { get; set; } = null!;

    [Inject] protected TimeProvider Time { get; set; } = null!;

    [CascadingParameter] private Task<AuthenticationState> Login { get; set; } = null!;

    /// <summary>Who looks at it; known before anything is loaded.</summary>
    protected ClaimsPrincipal User { get; private set; } = new();

    protected bool Staff => User.IsStaff();

    protected bool MayChange => User.MayChange();

    /// <summary>Why there is nothing to show, or nothing newer.</summary>
    protected Refusal? Failure { get; private set; }

    /// <summary>Why what is shown is not the newest, for what is shown outside of panels; that Platform is away is said above every page.</summary>
    protected Refusal? Outdated => Loaded && Failure is { Code: not Refusal.Away } ? Failure : null;

    /// <summary>Something has been loaded for the present address.</summary>
    protected bool Loaded { get; private set; }

    /// <summary>What the content depends on besides the time; another key, and the old content is no longer shown.</summary>
    protected abstract object Key { get; }

    /// <summary>Facts (sessions, nodes' states) are no changes and have to be asked for; null: nothing of the kind here.</summary>
    protected virtual TimeSpan? Poll => null;

    protected abstract Task Load(CancellationToken ct);

    protected virtual bool Concerns(ThingChanged change) => true;

    public virtual async ValueTask DisposeAsync()
    {
        Live.Changed -= OnChanged;
        Live.StateChanged -= OnState;
        await _end.CancelAsync();
        await _shown.CancelAsync();
        GC.SuppressFinalize(this);
    }

    protected override void OnInitialized()
    {
        Live.Changed += OnChanged;
        Live.StateChanged += OnState;
        if (Poll is { } interval)
        {
            _ = Repeat(interval);
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        User = (await Login).User;
        if (!Equals(Key, _shownFor))
        {
            (_shownFor, Loaded, Failure) = (Key, false, null);
            // What is under way for another address is not waited for, and not shown.
            (var former, _shown) = (_shown, new CancellationTokenSource());
            await former.CancelAsync();
            await Reload();
        }
    }

    protected async Task Reload()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        var ct = _shown.Token;
        try
        {
            await Turn(ct);
            ct.ThrowIfCancellationRequested();
            (Loaded, Failure) = (true, null);
            Live.NoteAnswer();
        }
        catch (RefusedException refused) when (!ct.IsCancellationRequested)
        {
            Failure = refused.Refusal;
            if (Failure.Code == Refusal.Away)
            {
                Live.NoteAway();
            }

            if (!Failure.IsSettled)
            {
                ReloadAfter(Retry);
            }
        }
        catch (LoginEndedException)
        {
            Live.NoteLoginEnded();
        }
        catch (Exception late) when (ct.IsCancellationRequested && late is OperationCanceledException or RefusedException)
        {
            // Nobody looks any more, or at something else.
            return;
        }

        if (!_end.IsCancellationRequested)
        {
            await InvokeAsync(StateHasChanged);
        }
    }

    /// <summary>One load at a time.</summary>
    private async Task Turn(CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            _due = false;
            await Load(ct);
        }
        finally
        {
            _loading.Release();
        }
    }

    private void OnChanged(ThingChanged change)
    {
        if (Concerns(change))
        {
            ReloadAfter(Gather);
        }
    }

    private void OnState()
    {
        if (Live is { AwaySince: null, LoginEnded: false })
        {
            ReloadAfter(Gather);
        }
    }

    private void ReloadAfter(TimeSpan wait)
    {
        if (!_due)
        {
            _due = true;
            _ = Guarded(async () =>
            {
                await Task.Delay(wait, Time, _end.Token);
                await Reload();
            });
        }
    }

    private Task Repeat(TimeSpan interval) => Guarded(async () =>
    {
        using var timer = new PeriodicTimer(interval, Time);
        while (await timer.WaitForNextTickAsync(_end.Token))
        {
            await Reload();
        }
    });

    /// <summary>What nobody awaits: a fault still reaches the page's error boundary.</summary>
    private Task Guarded(Func<Task> work) => InvokeAsync(async () =>
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    });
}
