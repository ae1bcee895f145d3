namespace PartnerPlatform.Identity.Reports;

/// <summary>Wakes the reporter; several calls before it looks count as one.</summary>
internal sealed class ReportSignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);

    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already and has not looked yet.
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _raised.WaitAsync(atMost, cancellation);

    public void Dispose() => _raised.Dispose();
}
