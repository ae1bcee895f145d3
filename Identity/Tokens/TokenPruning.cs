using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Logins;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>Removes expired tokens, sessions and counters of failed logins, every ten minutes.</summary>
internal sealed partial class TokenPruning(
    IServiceScopeFactory scopes, Sessions sessions, LoginAttempts attempts, IdentityOptions options, TimeProvider time, ILogger<TokenPruning> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var tokens = scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>();
                await sessions.PruneAsync(stoppingToken);
                await attempts.PruneAsync(stoppingToken);
                var now = time.GetUtcNow();
                var expired = now.UtcDateTime;
                var pruned = (long)await scope.ServiceProvider.GetRequiredService<IdentityDatabase>().Set<OpenIddictEntityFrameworkCoreToken>()
                    .Where(token => token.Authorization == null && token.ExpirationDate < expired).ExecuteDeleteAsync(stoppingToken);
                // Used refresh tokens are kept as long as any of their chain lives: one that comes again must be known.
                var before = now - options.LongestToken - Interval;
                pruned += await tokens.PruneAsync(before, stoppingToken);
                await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(before, stoppingToken);
                if (pruned > 0)
                {
                    Pruned(pruned);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                NotPruned(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} expired tokens forgotten")]
    private partial void Pruned(long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "expired tokens could not be removed; trying again in ten minutes")]
    private partial void NotPruned(Exception failure);
}
