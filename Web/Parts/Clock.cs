namespace PartnerPlatform.Web.Parts;

/// <summary>Ticks for all relative times of a page at once, so that "2 minutes ago" stays true while nothing else happens.</summary>
public sealed class Clock(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private ITimer? _timer;

    public DateTimeOffset Now => time.GetUtcNow();

    public event Action? Tick;

    public void Start() => _timer ??= time.CreateTimer(_ => Tick?.Invoke(), null, Interval, Interval);

    public void Dispose() => _timer?.Dispose();
}
