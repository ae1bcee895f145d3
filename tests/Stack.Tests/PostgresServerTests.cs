using Npgsql;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Stack.Tests;

public sealed class PostgresServerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("postgres-");

    [Fact]
    public async Task Committed_data_is_there_after_a_kill_and_a_start()
    {
        _folder.UnixFileMode |= UnixFileMode.OtherExecute;
        var plan = new PostgresPlan(Path.Combine(_folder.FullName, "data"), FreePorts.Take(), PrivateFiles.NewSecret(), Path.Combine(_folder.FullName, "log"));
        await using var server = await PostgresServer.StartAsync(await PostgresInstallation.FindAsync(), plan);
        var database = await server.EnsureDatabaseAsync("shop");
        await ExecuteAsync(database, "CREATE TABLE orders (id int); INSERT INTO orders VALUES (7)");

        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal(7, await ExecuteAsync(await server.EnsureDatabaseAsync("shop"), "SELECT id FROM orders"));
    }

    [Fact]
    public async Task Taken_port_is_told_in_one_line()
    {
        var port = FreePorts.Take();
        using var taker = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
        taker.Start();
        var plan = new PostgresPlan(Path.Combine(_folder.FullName, "data"), port, "password", Path.Combine(_folder.FullName, "log"));

        var failure = await Assert.ThrowsAsync<StackException>(async () => await PostgresServer.StartAsync(await PostgresInstallation.FindAsync(), plan));

        Assert.Contains($"Port {port}", failure.Message);
        Assert.DoesNotContain('\n', failure.Message);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
