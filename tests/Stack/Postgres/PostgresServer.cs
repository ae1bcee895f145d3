using System.Globalization;
using Npgsql;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Postgres;

/// <summary>A PostgreSQL server of our own.</summary>
/// <param name="DataFolder">Made by initdb when it is not there.</param>
/// <param name="Port">On 127.0.0.1; no other address, no Unix socket.</param>
/// <param name="Password">Of the super user <c>postgres</c> (SCRAM); must be the one of the first start.</param>
/// <param name="Durable">False: no fsync. Faster, and lost with the machine: for tests.</param>
public sealed record PostgresPlan(string DataFolder, int Port, string Password, string LogFile, bool Durable = true)
{
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>The running server.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string SuperUser = "postgres";
    private const string DuplicateDatabase = PostgresErrorCodes.DuplicateDatabase;

    private readonly PostgresInstallation _installation;
    private readonly PostgresPlan _plan;
    private ManagedProcess? _process;

    private PostgresServer(PostgresInstallation installation, PostgresPlan plan)
    {
        _installation = installation;
        _plan = plan;
    }

    public int Port => _plan.Port;

    public ManagedProcess Process => _process ?? throw new StackException("PostgreSQL is not running.");

    public static async Task<PostgresServer> StartAsync(PostgresInstallation installation, PostgresPlan plan, CancellationToken cancellation = default)
    {
        var server = new PostgresServer(installation, plan);
        try
        {
            await server.StartAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (!FreePorts.IsFree(_plan.Port))
        {
            throw new StackException($"Port {_plan.Port}, wanted by PostgreSQL, is taken by another process.");
        }

        if (!File.Exists(Path.Combine(_plan.DataFolder, "PG_VERSION")))
        {
            await PostgresData.CreateAsync(_installation, _plan);
        }

        _process = await ManagedProcess.StartAsync(Plan());
        await WaitAsync(_process, cancellation);
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _plan.Port,
        Username = SuperUser,
        Password = _plan.Password,
        Database = database,
    }.ConnectionString;

    /// <summary>Makes the database where it is missing.</summary>
    public Task<string> EnsureDatabaseAsync(string name, CancellationToken cancellation = default) =>
        EnsureDatabaseAsync(ConnectionString(SuperUser), name, cancellation);

    /// <summary>Makes the database where it is missing, on the server of that connection string; answers the database's own.</summary>
    public static async Task<string> EnsureDatabaseAsync(string server, string name, CancellationToken cancellation = default)
    {
        await using var source = NpgsqlDataSource.Create(server);
        await using var create = source.CreateCommand($"CREATE DATABASE \"{name}\"");
        try
        {
            await create.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException exists) when (exists.SqlState == DuplicateDatabase)
        {
            // There already: what was asked for.
        }

        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    /// <summary>kill -9 of the server and all its workers, as a machine that loses power.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } process)
        {
            return;
        }

        // The postmaster first: it would answer a worker's death by a restart. Then the workers: the next start refuses while one lives.
        var workers = ChildProcesses.Of(process.Id);
        await process.KillAsync();
        await ChildProcesses.KillAsync(workers);
    }

    /// <summary>Fast shutdown: ends sessions, writes a checkpoint.</summary>
    public Task StopAsync() => _process?.StopAsync(TimeSpan.FromSeconds(20), Signal.Interrupt) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await StopAsync();
            await process.DisposeAsync();
        }
    }

    private ProcessPlan Plan()
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1",
            $"port={_plan.Port.ToString(CultureInfo.InvariantCulture)}",
            "unix_socket_directories=",
            "max_connections=200",
            "log_min_messages=warning",
            .. _plan.Durable ? [] : (string[])["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
        ];
        string[] command = [_installation.Program("postgres"), "-D", _plan.DataFolder, .. settings.SelectMany(setting => new[] { "-c", setting })];
        // Interrupt = fast shutdown: Kill would leave workers behind for a moment, Terminate would wait for clients.
        return new ProcessPlan("PostgreSQL", command, new Dictionary<string, string>(), _plan.LogFile, _installation.RunAs, Signal.Interrupt);
    }

    private async Task WaitAsync(ManagedProcess process, CancellationToken cancellation)
    {
        // No pool: a connection from before a restart must not be taken for an answer.
        await using var source = NpgsqlDataSource.Create(ConnectionString(SuperUser) + ";Pooling=false;Timeout=5");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_plan.StartLimit);
        while (true)
        {
            if (process.HasExited)
            {
                throw new StackException($"PostgreSQL ended with code {process.ExitCode} while starting: {process.LogTail(1)}");
            }

            try
            {
                await using var connection = await source.OpenConnectionAsync(limit.Token);
                return;
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                throw new StackException($"PostgreSQL in {_plan.DataFolder} has another password than this start: its folder is from another state.", refused);
            }
            catch (NpgsqlException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
            catch (Exception late) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                throw new StackException($"PostgreSQL did not come up within {_plan.StartLimit.TotalSeconds:0} s; see {_plan.LogFile}", late);
            }
        }
    }
}
