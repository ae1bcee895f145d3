using Microsoft.EntityFrameworkCore;
using Npgsql;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Database;

internal static class DatabaseSetup
{
    public static IServiceCollection AddIdentityDatabase(this IServiceCollection services, IdentityOptions options)
    {
        NpgsqlDataSource source;
        try
        {
            source = NpgsqlDataSource.Create(options.Database);
        }
        catch (ArgumentException malformed)
        {
            // Its text quotes the connection string, which may hold a password.
            throw new InvalidSettingException("IDENTITY_DATABASE is not a PostgreSQL connection string", malformed);
        }

        return services
            .AddSingleton(source)
            .AddPooledDbContextFactory<IdentityDatabase>(database => database.UseNpgsql(source).UseOpenIddict())
            .AddDbContextPool<IdentityDatabase>(database => database.UseNpgsql(source).UseOpenIddict());
    }

    public static async Task PrepareDatabaseAsync(this IHost host, bool applySchema)
    {
        var source = host.Services.GetRequiredService<NpgsqlDataSource>();
        try
        {
            if (applySchema)
            {
                await SchemaFiles.ApplyAsync(source, CancellationToken.None);
            }
            else
            {
                await SchemaFiles.RequireAsync(source, CancellationToken.None);
            }
        }
        catch (NpgsqlException failure)
        {
            throw new InvalidSettingException($"IDENTITY_DATABASE does not work: {failure.Message}", failure);
        }
    }
}
