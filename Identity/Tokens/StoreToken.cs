using Microsoft.EntityFrameworkCore;
using Npgsql;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using CreateTokenEntry = OpenIddict.Server.OpenIddictServerHandlers.Protection.CreateTokenEntry;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>
/// Stores a token as OpenIddict does. A client, or what a person was granted, that is removed while its token is being made shows here at the latest,
/// by the foreign key of the token's row; the request is then refused as any later one.
/// </summary>
internal sealed class StoreToken(
    IOpenIddictApplicationManager clients, IOpenIddictTokenManager tokens, ILogger<StoreToken> logger) : IOpenIddictServerHandler<GenerateTokenContext>
{
    private readonly CreateTokenEntry _store = new(clients, tokens);

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
        .AddFilter<OpenIddictServerHandlerFilters.RequireTokenStorageEnabled>()
        .AddFilter<OpenIddictServerHandlerFilters.RequireTokenEntryCreated>()
        .UseScopedHandler<StoreToken>()
        .SetOrder(CreateTokenEntry.Descriptor.Order)
        .Build();

    public async ValueTask HandleAsync(GenerateTokenContext context)
    {
        try
        {
            await _store.HandleAsync(context);
        }
        catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            context.RefuseRemoved(logger);
        }
    }
}
