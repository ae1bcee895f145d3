using Npgsql;

namespace PartnerPlatform.Stack.Postgres;

/// <summary>
/// The PostgreSQL of a test assembly: the one that <c>TEST_POSTGRES</c> names (a connection string; test.sh sets it), else one
/// started when it is first asked for and gone with the test process. With xunit: <c>[assembly: AssemblyFixture(typeof(TestPostgres))]</c>.
/// </summary>
public sealed class TestPostgres : IAsyncDisposable
{
    public const string Variable = "TEST_POSTGRES";

    private readonly Lazy<Task<string>> _server;
    private PostgresServer? _own;
    private string? _folder;

    public TestPostgres() => _server = new Lazy<Task<string>>(FindOrStartAsync);

    /// <summary>A new, empty database; answers its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        var unique = $"{name}_{Guid.NewGuid():n}";
        return await PostgresServer.EnsureDatabaseAsync(await _server.Value, unique[..Math.Min(unique.Length, 63)]);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_own is { } own)
        {
            await own.DisposeAsync();
            Directory.Delete(_folder!, recursive: true);
        }
    }

    private async Task<string> FindOrStartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return given;
        }

        var installation = await PostgresInstallation.FindAsync();
        _folder = Directory.CreateTempSubdirectory("test-postgres-").FullName;
        // The server's own user must get through; its data folder below is closed to others.
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        _own = await PostgresServer.StartAsync(
            installation,
            new PostgresPlan(Path.Combine(_folder, "data"), FreePorts.Take(), PrivateFiles.NewSecret(), Path.Combine(_folder, "postgres.log"), Durable: false));
        return _own.ConnectionString("postgres");
    }
}
