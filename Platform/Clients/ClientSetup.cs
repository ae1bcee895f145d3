using Marten;
using PartnerPlatform.Platform.Configuration;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Clients;

public static class ClientSetup
{
    public static void AddClients(this StoreOptions options) => options.AddStream<Client>(
        (typeof(ClientCreated), "client_created"),
        (typeof(ClientSecretRotated), "client_secret_rotated"),
        (typeof(ClientSecretsRevoked), "client_secrets_revoked"),
        (typeof(ClientRemoved), "client_removed"));

    public static void AddClients(this IServiceCollection services, PlatformOptions settings) =>
        services.AddSingleton(new FirstClientOptions(settings.FirstSecretFile)).AddSingleton<FirstClient>();
}
