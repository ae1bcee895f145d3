using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Client;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Keys;
using PartnerPlatform.Identity.Logins;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace PartnerPlatform.Identity.Provider;

/// <summary>Identity as an OpenID Connect client of a provider outside; nothing of it is there without one in the settings.</summary>
internal static class ProviderSetup
{
    private const string PlatformClient = "admissions";

    /// <summary>A person waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    public static IServiceCollection AddProvider(this IServiceCollection services, IdentityOptions options)
    {
        if (options.Provider is not { } provider)
        {
            return services;
        }

        var registration = Register(provider);
        services.AddOpenIddict().AddClient(client => Configure(client, registration, options));
        services.AddSingleton(all => new ProviderDiscovery(
            new OpenIddictClientRetriever(all.GetRequiredService<OpenIddictClientService>(), registration), provider.Issuer, all.GetRequiredService<TimeProvider>()));
        services.AddOptions<OpenIddictClientOptions>().Configure<MasterKey, ProviderDiscovery>((client, key, discovery) =>
        {
            registration.ConfigurationManager = discovery;
            // Not ephemeral: whoever was sent off comes back to any instance, also after a restart.
            client.EncryptionCredentials.Add(new EncryptingCredentials(
                new SymmetricSecurityKey(key.Encryption), SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
            client.SigningCredentials.Add(new SigningCredentials(new SymmetricSecurityKey(key.StateSigning), SecurityAlgorithms.HmacSha256));
        });
        services.AddHttpClient(PlatformClient, http =>
        {
            http.BaseAddress = new Uri(options.Platform.AbsoluteUri.TrimEnd('/') + "/");
            http.Timeout = Patience;
        });
        return services
            .AddSingleton(provider)
            .AddSingleton<PersonIds>()
            .AddSingleton<ProviderAccounts>()
            .AddSingleton(all => ActivatorUtilities.CreateInstance<Admissions>(all, all.GetRequiredService<IHttpClientFactory>().CreateClient(PlatformClient)))
            .AddSingleton<ProviderLogin>();
    }

    private static OpenIddictClientRegistration Register(ProviderOptions provider)
    {
        var registration = new OpenIddictClientRegistration
        {
            Issuer = provider.Issuer,
            ClientId = provider.ClientId,
            ClientSecret = provider.ClientSecret,
            ProviderDisplayName = provider.Name,
            RedirectUri = new Uri(ProviderPaths.Callback.TrimStart('/'), UriKind.Relative),
            PostLogoutRedirectUri = new Uri(ProviderPaths.Left.TrimStart('/'), UriKind.Relative),
        };
        // OpenIddict leaves the times of ID tokens to whoever asks; they come straight from the provider, whose clock may be a little off.
        registration.TokenValidationParameters.ValidateLifetime = true;
        registration.TokenValidationParameters.ClockSkew = ClockSkew;
        registration.Scopes.UnionWith(provider.Scopes);
        registration.GrantTypes.Add(GrantTypes.AuthorizationCode);
        registration.ResponseTypes.Add(ResponseTypes.Code);
        registration.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256);
        // A POST from the provider would come without cookies that are not for other sites.
        registration.ResponseModes.Add(ResponseModes.Query);
        return registration;
    }

    private static void Configure(OpenIddictClientBuilder client, OpenIddictClientRegistration registration, IdentityOptions options)
    {
        var secure = options.Issuer.Scheme == "https";
        client.AllowAuthorizationCodeFlow()
            .SetClientUri(options.Issuer)
            .AddRegistration(registration)
            .DisableWebServicesFederationClaimMapping();
        client.UseSystemNetHttp()
            .ConfigureHttpClient(static http => http.Timeout = Patience)
            // Answers are where they were asked for: a redirect would carry the client's secret elsewhere.
            .ConfigureHttpClientHandler(static handler => handler.AllowAutoRedirect = false)
            .Configure(static http => http.HttpResiliencePipeline = null);
        var host = client.UseAspNetCore()
            .EnableRedirectionEndpointPassthrough()
            .EnablePostLogoutRedirectionEndpointPassthrough()
            .EnableErrorPassthrough()
            .Configure(browser => browser.CookieBuilder.Guard("state", secure, SameSiteMode.Lax));
        if (!secure)
        {
            host.DisableTransportSecurityRequirement();
        }
    }
}
