using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using PartnerPlatform.Identity.Feed;
using PartnerPlatform.Identity.Keys;

namespace PartnerPlatform.Identity.Health;

/// <summary>Without its database Identity issues no token.</summary>
internal sealed class DatabaseCheck(NpgsqlDataSource source) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = source.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (NpgsqlException failure)
        {
            return HealthCheckResult.Unhealthy(failure.Message);
        }
    }
}

internal sealed class KeysCheck(KeyRing keys) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object> { ["signing"] = keys.Signer.KeyId, ["published"] = keys.Count };
        return Task.FromResult(HealthCheckResult.Healthy(data: data));
    }
}

/// <summary>Never unhealthy: tokens are issued with the clients at hand while Platform is away.</summary>
internal sealed class FeedCheck(FeedStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = status.State;
        var data = new Dictionary<string, object>();
        if (state.LastContact is { } at)
        {
            data["lastContact"] = at;
        }

        return Task.FromResult(state.Fault is { } fault ? HealthCheckResult.Degraded(fault, data: data) : HealthCheckResult.Healthy(data: data));
    }
}
