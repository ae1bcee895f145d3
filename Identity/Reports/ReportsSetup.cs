using PartnerPlatform.Identity.Configuration;

namespace PartnerPlatform.Identity.Reports;

internal static class ReportsSetup
{
    private const string Client = "reports";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddReports(this IServiceCollection services, IdentityOptions options)
    {
        services.AddHttpClient(Client, http =>
        {
            http.BaseAddress = new Uri(options.Platform.AbsoluteUri.TrimEnd('/') + "/");
            http.Timeout = Timeout;
        })
        // The reporter keeps its client for ever; connections are renewed so that a moved Platform is found.
        .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
        .SetHandlerLifetime(System.Threading.Timeout.InfiniteTimeSpan);
        return services
            .AddSingleton<ReportSignal>()
            .AddHostedService(provider => ActivatorUtilities.CreateInstance<PeopleReporter>(provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient(Client)));
    }
}
