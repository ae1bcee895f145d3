namespace PartnerPlatform.Platform.Database;

/// <summary>Tables that a room keeps beside Marten's; the text can be run again and again.</summary>
public sealed record OwnTables(string Name, string Sql);

public static class OwnTablesSetup
{
    public static void AddOwnTables(this IServiceCollection services, string name, string sql) =>
        services.AddSingleton(new OwnTables(name, sql));
}
