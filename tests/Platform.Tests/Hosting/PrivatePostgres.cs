using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace PartnerPlatform.Platform.Tests.Hosting;

/// <summary>The server of <c>TEST_POSTGRES</c>, or a private one with its data in a temporary folder; each test makes its own databases.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PrivatePostgres>> Shared = new(Start);
    private readonly string? _folder;

    private PrivatePostgres(string connectionString, string? folder) => (ConnectionString, _folder) = (connectionString, folder);

    public string ConnectionString { get; }

    public static Task<PrivatePostgres> Get() => Shared.Value;

    public static async Task<string> NewDatabase()
    {
        var server = await Get();
        var name = $"t{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 40, Pooling = true }.ConnectionString;
    }

    private static async Task<PrivatePostgres> Start()
    {
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } given)
        {
            return new PrivatePostgres(given, null);
        }

        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("platform-tests-").FullName;
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";
        await Run("chmod", "755", folder);
        if (Environment.UserName == "root")
        {
            await Run("chown", "postgres", folder);
        }

        await AsPostgres($"{bin}/initdb", "-D", $"{folder}/data", "-A", "trust", "-U", "postgres", "-N");
        await AsPostgres($"{bin}/pg_ctl", "-D", $"{folder}/data", "-w", "-l", $"{folder}/log", "-o",
            $"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=400", "start");
        var server = new PrivatePostgres($"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres", folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is null || !Directory.Exists(_folder))
        {
            return;
        }

        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";
        await AsPostgres($"{bin}/pg_ctl", "-D", $"{_folder}/data", "-m", "immediate", "stop");
        Directory.Delete(_folder, true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // PostgreSQL refuses to run as root.
    private static Task AsPostgres(params string[] command) => Environment.UserName == "root"
        ? Run("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command])
        : Run(command[0], command[1..]);

    private static async Task Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { WorkingDirectory = "/", RedirectStandardOutput = false })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
