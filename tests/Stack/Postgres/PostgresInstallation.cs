using System.Globalization;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Postgres;

/// <summary>PostgreSQL's server programs on this machine.</summary>
/// <param name="Folder">Holds <c>initdb</c> and <c>postgres</c>.</param>
/// <param name="RunAs">The user that the server runs under; null = ours. PostgreSQL refuses root.</param>
public sealed record PostgresInstallation(string Folder, string? RunAs)
{
    private const string Packages = "/usr/lib/postgresql";
    private const string OwnUser = "partnerplatform";

    public string Program(string name) => Path.Combine(Folder, name);

    /// <summary>Finds the programs; as root, installs them when they are missing.</summary>
    /// <param name="say">Gets a line before something slow.</param>
    public static async Task<PostgresInstallation> FindAsync(Action<string>? say = null)
    {
        var root = Environment.UserName == "root";
        if (FindFolder() is not { } folder)
        {
            if (!root)
            {
                throw new StackException("PostgreSQL's server programs are missing. Run: sudo apt-get update && sudo apt-get install -y postgresql");
            }

            say?.Invoke("installing PostgreSQL (apt-get install postgresql)");
            await Commands.RequireAsync("apt-get", "update", "-q");
            await InstallAsync();
            folder = FindFolder() ?? throw new StackException($"apt-get installed postgresql, but no initdb is in PATH or {Packages}/*/bin.");
        }

        return new PostgresInstallation(folder, root ? await FindUserAsync() : null);
    }

    private static string? FindFolder()
    {
        if (Commands.Find("initdb") is { } initdb && new FileInfo(initdb).ResolveLinkTarget(returnFinalTarget: true)?.FullName is var target)
        {
            // A link in PATH says where the rest lies: initdb looks for postgres beside itself.
            return Path.GetDirectoryName(target ?? initdb);
        }

        return Directory.Exists(Packages)
            ? Directory.GetDirectories(Packages)
                .Where(version => File.Exists(Path.Combine(version, "bin", "initdb")))
                .OrderByDescending(version => int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0)
                .Select(version => Path.Combine(version, "bin"))
                .FirstOrDefault()
            : null;
    }

    private static async Task InstallAsync()
    {
        var noQuestions = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        var result = await Commands.RunAsync("apt-get", ["install", "-y", "-q", "--no-install-recommends", "postgresql"], noQuestions);
        if (result.ExitCode != 0)
        {
            throw new StackException($"apt-get install -y postgresql ended with code {result.ExitCode}: {result.Text.Split('\n')[^1]}");
        }
    }

    private static async Task<string> FindUserAsync()
    {
        foreach (var user in (string[])["postgres", OwnUser])
        {
            if ((await Commands.RunAsync("id", "-u", user)).ExitCode == 0)
            {
                return user;
            }
        }

        await Commands.RequireAsync("useradd", "--system", "--user-group", "--no-create-home", OwnUser);
        return OwnUser;
    }
}
