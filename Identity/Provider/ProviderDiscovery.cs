using Microsoft.IdentityModel.Protocols;
using OpenIddict.Abstractions;
using OpenIddict.Client;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Abstractions.OpenIddictExceptions;

namespace PartnerPlatform.Identity.Provider;

/// <summary>
/// The provider's discovery document and signing keys. They are read anew for logins that begin a while after the last look, so that a changed key is
/// known, and a provider that is away is told here and not by the browser's own error page.
/// </summary>
internal sealed class ProviderDiscovery(IConfigurationRetriever<OpenIddictConfiguration> retriever, Uri issuer, TimeProvider time)
    : IConfigurationManager<OpenIddictConfiguration>, IDisposable
{
    /// <summary>Long enough for a login, from sending the browser off to its return.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    /// <summary>Logins that begin sooner after one another share a look.</summary>
    private static readonly TimeSpan BeginsFresh = TimeSpan.FromSeconds(1);

    /// <summary>A token with an unknown key causes a look, but not more often than this.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Uri _address = new(issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration");
    private Look? _last;

    /// <summary>For a login that begins.</summary>
    /// <exception cref="ProviderAwayException">There is nowhere to send the browser to.</exception>
    public Task<OpenIddictConfiguration> BeginAsync(CancellationToken cancellation) => AtMostAsync(BeginsFresh, cancellation);

    public Task<OpenIddictConfiguration> GetConfigurationAsync(CancellationToken cancel) => AtMostAsync(Fresh, cancel);

    public void RequestRefresh()
    {
        if (_last is { } look && time.GetElapsedTime(look.At) > BetweenLooks)
        {
            _last = null;
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<OpenIddictConfiguration> AtMostAsync(TimeSpan age, CancellationToken cancellation)
    {
        if (_last is { } look && time.GetElapsedTime(look.At) <= age)
        {
            return look.Found;
        }

        await _turn.WaitAsync(cancellation);
        try
        {
            if (_last is not { } meanwhile || time.GetElapsedTime(meanwhile.At) > age)
            {
                _last = new Look(await ReadAsync(cancellation), time.GetTimestamp());
            }

            return _last.Found;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<OpenIddictConfiguration> ReadAsync(CancellationToken cancellation)
    {
        OpenIddictConfiguration found;
        try
        {
            found = await retriever.GetConfigurationAsync(_address.AbsoluteUri, null!, cancellation);
        }
        catch (Exception failure) when (ProviderOutage.IsOutage(failure) && !cancellation.IsCancellationRequested)
        {
            throw new ProviderAwayException(failure.GetBaseException().Message, failure);
        }

        foreach (var endpoint in (Uri?[])[found.AuthorizationEndpoint, found.TokenEndpoint, found.UserInfoEndpoint, found.EndSessionEndpoint, found.JsonWebKeySetUri])
        {
            if (endpoint is not null && endpoint.Scheme != "https" && !endpoint.IsLoopback)
            {
                throw new ProviderAwayException($"its discovery document names an address that is not https: {endpoint}");
            }
        }

        // Providers that do not speak of PKCE may know it all the same, and those that do not know it pass it over (RFC 6749, 3.1).
        found.CodeChallengeMethodsSupported.Add(CodeChallengeMethods.Sha256);
        return found;
    }

    private sealed record Look(OpenIddictConfiguration Found, long At);
}
