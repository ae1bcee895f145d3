using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Keys;

/// <summary>Keeps the ring in step with the database and with time.</summary>
internal sealed partial class KeyKeeper(
    KeyStore store, KeyRing ring, MasterKey masterKey, IdentityOptions options, TimeProvider time, ILogger<KeyKeeper> logger) : BackgroundService
{
    // Every instance must have published a key that another one created before it signs, with room for failed looks.
    private readonly TimeSpan _look = TimeSpan.FromTicks(Math.Clamp((options.KeyAnnounce / 4).Ticks, TimeSpan.TicksPerSecond / 10, TimeSpan.TicksPerMinute));

    /// <summary>Reads the keys, makes the first one; throws when that does not work.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var stored = await store.MaintainAsync(cancellation);
        // A key object is kept as long as its key: OpenIddict and the JWT handlers cache by it.
        var keys = stored.Select(key => ring.Find(key.KeyId) ?? SigningKey.Open(key, masterKey)).ToArray();
        if (keys.Length != ring.Count || keys.Any(key => !ring.Holds(key.KeyId)))
        {
            ring.Replace(keys);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var signer = ring.Signer.KeyId;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = ring.NextChange;
                var wait = next is { } at && at - time.GetUtcNow() < _look ? at - time.GetUtcNow() : _look;
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, stoppingToken);
                if (ring.Signer.KeyId != signer)
                {
                    // By what signed last, not by the moment: that may have passed while the database was silent.
                    signer = ring.Signer.KeyId;
                    ring.Refresh();
                    SignerChanged(signer);
                }

                await LoadAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The keys at hand go on; an announced one still takes over in time.
                LookFailed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "signing with key {KeyId} from now on")]
    private partial void SignerChanged(string keyId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "signing keys could not be read; going on with those at hand")]
    private partial void LookFailed(Exception failure);
}
