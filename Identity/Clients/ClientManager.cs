using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.EntityFrameworkCore.Models;

namespace PartnerPlatform.Identity.Clients;

/// <summary>
/// Clients for OpenIddict, with our secrets, and with a decoy for every unknown client id: it takes the way of a known client up to the
/// comparison of the secret, which fails, so that neither answer nor time tells which clients exist.
/// </summary>
internal sealed class ClientManager(
    IOpenIddictApplicationCache<OpenIddictEntityFrameworkCoreApplication> cache,
    ILogger<OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<OpenIddictEntityFrameworkCoreApplication> store,
    TimeProvider time)
    : OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication>(cache, logger, options, store)
{
    private static readonly string NoSecret = ClientSecrets.Pack([ClientSecrets.Hash(Guid.NewGuid().ToString())]);

    // A request asks several times; a known client comes from the request's cache the second time, so must a decoy.
    private readonly Dictionary<string, OpenIddictEntityFrameworkCoreApplication> _decoys = [];

    public override async ValueTask<OpenIddictEntityFrameworkCoreApplication?> FindByClientIdAsync(
        string identifier, CancellationToken cancellationToken = default)
    {
        if (_decoys.TryGetValue(identifier, out var known))
        {
            return known;
        }

        return await base.FindByClientIdAsync(identifier, cancellationToken) ?? (_decoys[identifier] = Decoy(identifier));
    }

    protected override ValueTask<string> ObfuscateClientSecretAsync(string secret, CancellationToken cancellationToken = default) =>
        new(ClientSecrets.Pack([ClientSecrets.Hash(secret)]));

    protected override ValueTask<bool> ValidateClientSecretAsync(string secret, string comparand, CancellationToken cancellationToken = default) =>
        new(ClientSecrets.Matches(secret, comparand, time.GetUtcNow()));

    private static OpenIddictEntityFrameworkCoreApplication Decoy(string clientId) => new()
    {
        ClientId = clientId,
        ClientSecret = NoSecret,
        ClientType = OpenIddictConstants.ClientTypes.Confidential,
        Permissions = ClientProjection.Permissions,
    };
}
