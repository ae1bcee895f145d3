using System.Net;
using static OpenIddict.Abstractions.OpenIddictExceptions;

namespace PartnerPlatform.Identity.Provider;

/// <summary>While the provider is away, people are told so; who is logged in stays so.</summary>
internal static partial class ProviderOutage
{
    public static void UseProviderOutage(this WebApplication app) => app.UseWhen(
        static http => ProviderPaths.Includes(http.Request.Path),
        provider => provider.Use(async (http, next) =>
        {
            try
            {
                await next(http);
            }
            catch (Exception failure) when (IsOutage(failure) && !http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
            {
                Away(app.Logger, failure.GetBaseException().Message);
                http.Response.Clear();
                http.Response.Redirect(Refusals.Page(Refusal.ProviderAway, ProviderPaths.ReturnUrl(http)));
            }
        }));

    /// <summary>What asking over the network, and reading what came, can end in.</summary>
    public static bool IsOutage(Exception failure) => failure is ProviderAwayException or HttpRequestException or WebException or ProtocolException or TaskCanceledException
        || (failure is InvalidOperationException && failure.InnerException is { } inner && IsOutage(inner));

    [LoggerMessage(Level = LogLevel.Warning, Message = "nobody can log in at the identity provider now: {Fault}")]
    private static partial void Away(ILogger logger, string fault);
}
