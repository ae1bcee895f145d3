using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Postgres;

/// <summary>The data folder: made by initdb, owned by the user that the server runs under.</summary>
public static class PostgresData
{
    /// <summary>Made under another name first: an initdb that is broken off leaves nothing that looks like a data folder.</summary>
    public static async Task CreateAsync(PostgresInstallation installation, PostgresPlan plan)
    {
        var draft = plan.DataFolder + ".new";
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        PrivateFiles.CreateFolder(draft);
        // Passed as a file: arguments are there for every user of the machine to read.
        var passwordFile = Path.Combine(Path.GetTempPath(), $"postgres-{Path.GetRandomFileName()}");
        PrivateFiles.Write(passwordFile, plan.Password);
        try
        {
            if (installation.RunAs is { } user)
            {
                await Commands.RequireAsync("chown", $"{user}:", draft, passwordFile);
            }

            await InitialiseAsync(installation, draft, passwordFile);
            Directory.Move(draft, plan.DataFolder);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static async Task InitialiseAsync(PostgresInstallation installation, string folder, string passwordFile)
    {
        string[] command =
        [
            installation.Program("initdb"), "--pgdata", folder, "--username", "postgres", "--pwfile", passwordFile,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-sync",
        ];
        if (installation.RunAs is { } user)
        {
            command = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--", .. command];
        }

        var result = await Commands.RunAsync(command[0], command[1..], null);
        if (result.ExitCode != 0)
        {
            throw new StackException($"PostgreSQL's data folder {folder} could not be made: {result.Text.Split('\n')[^1]}");
        }
    }

    /// <summary>
    /// The wanted folder, or, where the server's user cannot get there (a clone below root's home), one of the same name below
    /// <c>/var/lib/partnerplatform</c>.
    /// </summary>
    public static async Task<string> ReachableFolderAsync(PostgresInstallation installation, string wanted)
    {
        if (installation.RunAs is not { } user)
        {
            return wanted;
        }

        var parent = Path.GetDirectoryName(wanted)!;
        var reach = await Commands.RunAsync("setpriv", "--reuid", user, "--regid", user, "--init-groups", "--", "test", "-x", parent);
        if (reach.ExitCode == 0)
        {
            return wanted;
        }

        const string Elsewhere = "/var/lib/partnerplatform";
        Directory.CreateDirectory(Elsewhere);
        return Path.Combine(Elsewhere, wanted.Trim('/').Replace('/', '-'));
    }
}
