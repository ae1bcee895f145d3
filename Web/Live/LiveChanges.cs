using System.Net.WebSockets;
using System.Text.Json;
using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Live;

/// <summary>A thing that changed.</summary>
public sealed record ThingChanged(long Number, string Kind, string ThingId, string ChangeId);

/// <summary>
/// What changes while a page is open, resumed from the last number after a break, so that nothing is missed; and whether Platform is there at all.
/// </summary>
public sealed class LiveChanges(PlatformSocket socket, TimeProvider time, ILogger<LiveChanges> log) : IAsyncDisposable
{
    private const string Document = "subscription($after: Long) { changes(after: $after) { number kind thingId changeId } }";
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _end = new();
    private Task _following = Task.CompletedTask;
    private long? _number;

    /// <summary>Null: Platform is there. Else since when it is not.</summary>
    public DateTimeOffset? AwaySince { get; private set; }

    /// <summary>The login is over; the page has to be loaded anew.</summary>
    public bool LoginEnded { get; private set; }

    public event Action<ThingChanged>? Changed;

    /// <summary>Platform went away, came back, is followed for the first time, or the login ended.</summary>
    public event Action? StateChanged;

    public void Start()
    {
        if (_following.IsCompleted && !_end.IsCancellationRequested)
        {
            _following = Follow(_end.Token);
        }
    }

    /// <summary>A request failed for want of Platform: known before the connection notices.</summary>
    public void NoteAway() => SetAway(true);

    public void NoteAnswer() => SetAway(false);

    public void NoteLoginEnded()
    {
        if (!LoginEnded)
        {
            LoginEnded = true;
            StateChanged?.Invoke();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task Follow(CancellationToken ct)
    {
        // The page is drawn first.
        await Task.Yield();
        var wait = FirstWait;
        while (!ct.IsCancellationRequested && !LoginEnded)
        {
            try
            {
                await foreach (var data in socket.Subscribe(Document, new { after = _number }, () => { wait = FirstWait; OnConnected(); }, ct))
                {
                    var change = data.GetProperty("changes").Deserialize<ThingChanged>(PlatformApi.Json)!;
                    _number = change.Number;
                    Changed?.Invoke(change);
                }
            }
            catch (LoginEndedException)
            {
                NoteLoginEnded();
                return;
            }
            catch (RefusedException refused)
            {
                LiveLog.Refused(log, refused.Refusal.Code);
                wait = LongestWait;
            }
            catch (Exception broken) when (broken is WebSocketException or IdentityAwayException)
            {
                SetAway(true);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LiveLog.Broken(log, fault);
                SetAway(true);
                wait = LongestWait;
            }

            await Task.Delay(wait, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private void OnConnected()
    {
        SetAway(false);
        if (_number is null)
        {
            // There is nothing to resume from: what changed since the page was loaded has to be asked for.
            StateChanged?.Invoke();
        }
    }

    private void SetAway(bool away)
    {
        if (away != AwaySince is not null)
        {
            AwaySince = away ? time.GetUtcNow() : null;
            StateChanged?.Invoke();
        }
    }
}

internal static partial class LiveLog
{
    [LoggerMessage(1, LogLevel.Warning, "Platform refused to tell what changes: {Code}")]
    public static partial void Refused(ILogger log, string code);

    [LoggerMessage(2, LogLevel.Error, "What changes could not be followed; it is tried again")]
    public static partial void Broken(ILogger log, Exception fault);
}
