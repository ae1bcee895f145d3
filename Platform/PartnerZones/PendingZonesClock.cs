using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Database;
using Wolverine;

namespace PartnerPlatform.Platform.PartnerZones;

/// <summary>Looks by itself now and then: whoever should have woken the sweep may have died.</summary>
public sealed class PendingZonesClock(IServiceScopeFactory scopes, DatabaseStart database, PendingZonesOptions options, TimeProvider time, ILogger<PendingZonesClock> log)
    : SweepClock("Pending zones", options.Period, scopes, database, time, log)
{
    protected override Task Sweep(IMessageBus bus, CancellationToken ct) => bus.InvokeAsync(new SweepPendingZones(), ct);
}
