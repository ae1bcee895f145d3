using Marten;
using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Clients;

public static class ClientSetup
{
    public static void AddClients(this StoreOptions options) => options.AddStream<Client>(
        (typeof(ClientCreated), "client_created"),
        (typeof(ClientSecretRotated), "client_secret_rotated"),
        (typeof(ClientSecretsRevoked), "client_secrets_revoked"),
        (typeof(ClientRemoved), "client_removed"));

    public static void AddClients(this WebApplicationBuilder builder)
    {
        const string name = "PLATFORM_BOOTSTRAP_OPERATOR_SECRET_FILE";
        var file = builder.Configuration[name] is { Length: > 0 } path ? path : null;
        if (file is not null && !File.Exists(file))
        {
            throw new ConfigurationFault(name, $"there is no file '{file}'.");
        }

        builder.Services.AddSingleton(new FirstClientOptions(file)).AddSingleton<FirstClient>();
    }
}
