using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Configuration;
using PartnerPlatform.Gateway.Model;
using PartnerPlatform.Gateway.Operations;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>Reads the state file at start and writes it behind the feed, off its path: a slow or full disk delays nobody.</summary>
public sealed partial class StateWriter(
    StateFile file, ModelStore model, FeedStatus status, TopicIdKey topicIdKey, TrustedIssuers issuers, ClusterSecretsCache secrets, GatewayOptions options, TimeProvider time, ILogger<StateWriter> logger) : BackgroundService
{
    /// <summary>Changes that come close together are written once.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);

    /// <summary>The file is written as a whole: with much in it, writing takes no more than this part of the time. What is not in it yet, the control plane gives again after a start.</summary>
    private const double Share = 0.05;

    private static readonly TimeSpan LongestGather = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    /// <summary>The part of GATEWAY_MAX_STATE_AGE after which the file tells anew that the node is in touch, though nothing was decided.</summary>
    private const double OldPart = 0.02;

    private readonly Doorbell _doorbell = new();

    /// <summary>UTC ticks of the last contact that the file tells; 0: it tells none.</summary>
    private long _contactSaved;

    /// <summary>Why the file could not be written last, so that a restart would bring back what was decided before; null: it was.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes over what the last run saved; a damaged file is put aside, and the control plane gives a snapshot.</summary>
    public void Restore()
    {
        try
        {
            if (file.Load() is { } saved)
            {
                model.Replace(saved.Documents);
                if (saved.TopicIdKey is not null)
                {
                    topicIdKey.Set(saved.TopicIdKey);
                }

                foreach (var issuer in issuers.All)
                {
                    if (saved.IssuerKeys?.GetValueOrDefault(issuer.Name) is { } keys)
                    {
                        issuer.Keys.Restore(keys);
                    }
                }

                secrets.Restore(saved.ClusterSecrets ?? new Dictionary<string, SealedClusterSecrets>());
                status.InTouch(saved.LastContact);
                Interlocked.Exchange(ref _contactSaved, saved.LastContact.UtcTicks);
                status.At(saved.Cursor);
                LogRestored(saved.Documents.Count, saved.Cursor);
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or ArgumentException or System.Text.Json.JsonException)
        {
            LogDamaged(e.Message, file.PutAside());
        }
    }

    /// <summary>Asks for a write; returns at once.</summary>
    public void Write() => _doorbell.Ring();

    /// <summary>Asks for a write where only the last contact is newer than the file, and by much: how long the node may serve without the control plane counts from there.</summary>
    public void WriteIfOld()
    {
        if (options.MaxStateAge > TimeSpan.Zero && status.LastContact is { } last && last.UtcTicks - Interlocked.Read(ref _contactSaved) >= (options.MaxStateAge * OldPart).Ticks)
        {
            Write();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (status.LastContact is { } last && last.UtcTicks != Interlocked.Read(ref _contactSaved))
        {
            TrySave();
        }
    }

    public override void Dispose()
    {
        _doorbell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var issuer in issuers.All)
        {
            issuer.Keys.Changed += Write;
        }

        secrets.Changed += Write;
        var gather = Gather;
        while (!stoppingToken.IsCancellationRequested)
        {
            await _doorbell.WaitAsync(Timeout.InfiniteTimeSpan, stoppingToken);
            await GatherAsync(gather, stoppingToken);
            var began = time.GetTimestamp();
            if (!TrySave())
            {
                await Task.Delay(RetryPause, time, stoppingToken);
                Write();
            }

            gather = TimeSpan.FromTicks(Math.Clamp((long)(time.GetElapsedTime(began).Ticks / Share), Gather.Ticks, LongestGather.Ticks));
        }
    }

    /// <summary>A node that is told to stop writes at once what it has.</summary>
    private async Task GatherAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(pause, time, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Written now, the last time.
        }
    }

    private bool TrySave()
    {
        // The cursor is taken first: documents may be newer than it, never older; applying an entry twice changes nothing.
        if (status.Cursor is not { } cursor)
        {
            return true;
        }

        try
        {
            var contact = status.LastContact ?? time.GetUtcNow();
            file.Save(StateFile.Of(cursor, contact, topicIdKey.Value, model.Documents(), Keys(), secrets.Seal()));
            Interlocked.Exchange(ref _contactSaved, contact.UtcTicks);
            Problem = null;
            return true;
        }
        catch (Exception e)
        {
            Problem = e.Message;
            LogNotSaved(e is IOException or UnauthorizedAccessException ? null : e, e.Message);
            return false;
        }
    }

    private Dictionary<string, string> Keys() => issuers.All.Where(i => i.Keys.Json is not null).ToDictionary(i => i.Name, i => i.Keys.Json!);

    [LoggerMessage(LogLevel.Information, "State file: {Documents} documents, feed cursor {Cursor}")]
    private partial void LogRestored(int documents, string cursor);

    [LoggerMessage(LogLevel.Error, "{Reason} It is kept as {Aside}; the control plane is asked for everything")]
    private partial void LogDamaged(string reason, string aside);

    [LoggerMessage(LogLevel.Error, "The state file cannot be written, the node goes on with its last: {Reason}")]
    private partial void LogNotSaved(Exception? unexpected, string reason);
}
