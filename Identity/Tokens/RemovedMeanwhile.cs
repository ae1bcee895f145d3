using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace PartnerPlatform.Identity.Tokens;

/// <summary>The answer when a client or a person is removed while a token is being made: the one to any later request.</summary>
internal static partial class RemovedMeanwhile
{
    public static void RefuseRemoved(this GenerateTokenContext context, ILogger logger)
    {
        NoToken(logger, context.ClientId ?? "");
        if (context.EndpointType == OpenIddictServerEndpointType.Authorization)
        {
            context.Reject(Errors.LoginRequired, "The login has ended.");
        }
        else if (context.Request?.GrantType == GrantTypes.ClientCredentials)
        {
            context.Reject(Errors.InvalidClient, "The specified client credentials are invalid.");
        }
        else
        {
            context.Reject(Errors.InvalidGrant, "The login has ended.");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "no token for {ClientId}: removed while it was being made")]
    private static partial void NoToken(ILogger logger, string clientId);
}
