using Npgsql;
using PartnerPlatform.Platform.Commands;
using Wolverine;

namespace PartnerPlatform.Platform.PartnerZones;

/// <summary>Wakes the sweep; it carries nothing, because the index says what is to be done.</summary>
public sealed record SweepPendingZones;

public static class SweepPendingZonesHandler
{
    public static Task Handle(SweepPendingZones _, PendingZones zones, IMessageBus bus, CancellationToken ct) => zones.Sweep(bus, ct);
}

/// <param name="PendingLimit">After which a zone that still misses something has failed.</param>
/// <param name="Period">How often the sweep looks without being woken: a process may have died before it woke it.</param>
public sealed record PendingZonesOptions(TimeSpan PendingLimit, TimeSpan Period);

/// <summary>Completes zones whose missing topics have appeared.</summary>
public sealed class PendingZones(NpgsqlDataSource database, PendingZonesOptions options, TimeProvider time)
{
    private const string Sql = """
        select zone_id, false from platform.pending_shares p
          join platform.physical_topics t on t.cluster_id = p.cluster_id and t.name = p.physical_topic
        union
        select zone_id, true from platform.pending_shares where since < $1 and since >= $2
        """;

    public async Task Sweep(IMessageBus bus, CancellationToken ct)
    {
        foreach (var (zoneId, late) in await Due(ct))
        {
            var ask = new Ask(Caller.Platform, late ? "missing for too long" : "what was missing has appeared", Ids.New("change"), time.GetUtcNow());
            await bus.InvokeAsync<Outcome>(new CompletePartnerZone(ask, zoneId, late), ct);
        }
    }

    private async Task<List<(string ZoneId, bool Late)>> Due(CancellationToken ct)
    {
        var limit = time.GetUtcNow() - options.PendingLimit;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = limit.UtcDateTime });
        command.Parameters.Add(new() { Value = (limit - TimeSpan.FromDays(7)).UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var due = new List<(string, bool)>();
        while (await reader.ReadAsync(ct))
        {
            due.Add((reader.GetString(0), reader.GetBoolean(1)));
        }

        return due;
    }
}
