using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Keys;
using PartnerPlatform.Identity.People;
using PartnerPlatform.Identity.Provider;

namespace PartnerPlatform.Identity.Logins;

internal static class LoginsSetup
{
    public static IServiceCollection AddLogins(this IServiceCollection services, IdentityOptions options)
    {
        var secure = options.Issuer.Scheme == "https";
        services.AddSingleton<Passwords>()
            .AddSingleton<OneTimeEntries>()
            .AddSingleton<AccountChanges>()
            .AddSingleton<SecondFactor>()
            .AddSingleton<LoginAttempts>()
            .AddSingleton<PasswordLogin>()
            .AddSingleton<Sessions>();
        services.AddAuthentication(SessionCookie.Scheme)
            .AddCookie(SessionCookie.Scheme, cookie => SessionCookie.Configure(cookie, secure, options.SessionLifetime))
            .AddCookie(HalfwayCookie.Scheme, cookie => HalfwayCookie.Configure(cookie, secure))
            .AddCookie(LeavingCookie.Scheme, cookie => LeavingCookie.Configure(cookie, secure));
        services.AddAuthorization();
        services.AddDataProtection().SetApplicationName("partnerplatform-identity").PersistKeysToDbContext<IdentityDatabase>();
        services.AddOptions<KeyManagementOptions>().Configure<MasterKey>((keys, master) => keys.XmlEncryptor = new WrappedXmlEncryptor(master));
        return services;
    }
}
