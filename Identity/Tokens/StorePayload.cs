using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictExceptions;
using static OpenIddict.Server.OpenIddictServerEvents;
using AttachTokenPayload = OpenIddict.Server.OpenIddictServerHandlers.Protection.AttachTokenPayload;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>Stores what a code stands for as OpenIddict does. A code that has been removed meanwhile, with whoever it was for, shows by its missing row.</summary>
internal sealed class StorePayload(IOpenIddictTokenManager tokens, ILogger<StorePayload> logger) : IOpenIddictServerHandler<GenerateTokenContext>
{
    private readonly AttachTokenPayload _store = new(tokens);

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } = OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
        .AddFilter<OpenIddictServerHandlerFilters.RequireTokenStorageEnabled>()
        .AddFilter<OpenIddictServerHandlerFilters.RequireTokenPayloadPersisted>()
        .UseScopedHandler<StorePayload>()
        .SetOrder(AttachTokenPayload.Descriptor.Order)
        .Build();

    public async ValueTask HandleAsync(GenerateTokenContext context)
    {
        try
        {
            await _store.HandleAsync(context);
        }
        catch (ConcurrencyException)
        {
            context.RefuseRemoved(logger);
        }
    }
}
