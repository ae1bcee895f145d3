using PartnerPlatform.Platform.Database;

namespace PartnerPlatform.Platform.Sessions;

public static class SessionSetup
{
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddOwnTables("sessions", LoginAttempts.Sql);
        services.AddSingleton<LiveSessions>().AddSingleton<LoginAttempts>();
        services.AddSingleton(s => new Sweep("login attempts", s.GetRequiredService<LoginAttempts>().Sweep));
    }
}
