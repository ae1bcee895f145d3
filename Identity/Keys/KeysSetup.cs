using Microsoft.Extensions.Options;
using OpenIddict.Server;
using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Keys;

internal static class KeysSetup
{
    public static IServiceCollection AddSigningKeys(this IServiceCollection services, IdentityOptions options) => services
        .AddSingleton(MasterKey.Read(options.MasterKeyFile))
        .AddSingleton<KeyStore>()
        .AddSingleton<KeyRing>()
        .AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<KeyRing>())
        .AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => provider.GetRequiredService<KeyRing>())
        .AddSingleton<KeyKeeper>()
        .AddHostedService(provider => provider.GetRequiredService<KeyKeeper>());

    public static Task LoadSigningKeysAsync(this IHost host) => host.Services.GetRequiredService<KeyKeeper>().LoadAsync(CancellationToken.None);
}
