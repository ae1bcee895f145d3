using Marten;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.ServiceAccounts;

public static class ServiceAccountSetup
{
    public static void AddServiceAccounts(this StoreOptions options)
    {
        options.AddStream<ServiceAccount>(
            (typeof(ServiceAccountCreated), "service_account_created"),
            (typeof(TokenIssued), "token_issued"),
            (typeof(TokenRevoked), "token_revoked"),
            (typeof(TokensRevoked), "tokens_revoked"),
            (typeof(OAuthIdentityLinked), "oauth_identity_linked"),
            (typeof(OAuthIdentityUnlinked), "oauth_identity_unlinked"),
            (typeof(ServiceAccountRevoked), "service_account_revoked"));
        options.Schema.For<ServiceAccount>().Index(x => x.VirtualClusterId).Index(x => x.Name);
    }

    public static void AddServiceAccounts(this IServiceCollection services, PlatformOptions settings) => services.AddSingleton(new GatewayTokenSigner(settings.UserPoolSecretKey));
}
