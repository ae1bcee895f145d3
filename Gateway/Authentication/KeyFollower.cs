namespace PartnerPlatform.Gateway.Authentication;

/// <summary>Keeps all issuers' keys fresh.</summary>
public sealed class KeyFollower(TrustedIssuers issuers) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(issuers.All.Select(i => i.Keys.FollowAsync(stoppingToken)));
}
