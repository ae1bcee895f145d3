using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Configuration;
using Npgsql;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Identity.Configuration;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Keys;
using PartnerPlatform.Identity.Logins;
using PartnerPlatform.Identity.People;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Logins;

/// <summary>Waiting and forgetting, on a real database with a clock of our own.</summary>
public sealed class LoginAttemptsTests(TestPostgres postgres) : IAsyncLifetime
{
    private static readonly IdentityOptions Options = IdentityOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["IDENTITY_URL"] = "https://identity.example.com",
        ["IDENTITY_DATABASE"] = "Host=database",
        ["PLATFORM_URL"] = "https://platform.example.com",
        ["IDENTITY_MASTER_KEY_FILE"] = "/run/secrets/identity",
    }).Build());

    private readonly Clock _clock = new();
    private PooledDbContextFactory<IdentityDatabase> _databases = null!;
    private LoginAttempts _attempts = null!;

    public async ValueTask InitializeAsync()
    {
        var connection = await postgres.CreateDatabaseAsync("attempts");
        await using var source = NpgsqlDataSource.Create(connection);
        await SchemaFiles.ApplyAsync(source, CancellationToken.None);
        _databases = new PooledDbContextFactory<IdentityDatabase>(new DbContextOptionsBuilder<IdentityDatabase>().UseNpgsql(connection).UseOpenIddict().Options);
        _attempts = new LoginAttempts(_databases, Options, _clock);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_failure_after_the_fifth_doubles_the_wait_up_to_half_an_hour()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await BeginAsync("name"));
        }

        foreach (var seconds in new[] { 30, 60, 120, 240, 480, 960, 1920, 1920 })
        {
            _clock.Now += TimeSpan.FromSeconds(seconds - 1);
            Assert.False(await BeginAsync("name"));
            _clock.Now += TimeSpan.FromSeconds(2);
            Assert.True(await BeginAsync("name"), $"after {seconds} s");
        }
    }

    [Fact]
    public async Task Attempts_while_waiting_make_it_no_longer()
    {
        for (var i = 0; i < 5; i++)
        {
            await BeginAsync("name");
        }

        for (var i = 0; i < 100; i++)
        {
            Assert.False(await BeginAsync("name"));
        }

        _clock.Now += TimeSpan.FromSeconds(31);
        Assert.True(await BeginAsync("name"));
    }

    [Fact]
    public async Task Login_or_a_day_of_quiet_starts_the_count_anew()
    {
        foreach (var forget in new Func<Task>[] { () => _attempts.SucceededAsync("name", CancellationToken.None), () => Task.FromResult(_clock.Now += TimeSpan.FromDays(1.1)) })
        {
            for (var i = 0; i < 4; i++)
            {
                Assert.True(await BeginAsync("name"));
            }

            await forget();
            for (var i = 0; i < 5; i++)
            {
                Assert.True(await BeginAsync("name"));
            }

            Assert.False(await BeginAsync("name"));
            await _attempts.SucceededAsync("name", CancellationToken.None);
        }
    }

    [Fact]
    public async Task Names_that_were_not_tried_for_a_day_are_forgotten()
    {
        await BeginAsync("old");
        _clock.Now += TimeSpan.FromHours(25);
        await BeginAsync("new");

        Assert.Equal(1, await _attempts.PruneAsync(CancellationToken.None));

        await using var database = await _databases.CreateDbContextAsync();
        Assert.Equal(["new"], await database.LoginFailures.Select(failure => failure.NameKey).ToListAsync());
    }

    [Fact]
    public async Task Expired_sessions_are_not_good_and_are_forgotten()
    {
        await using (var database = await _databases.CreateDbContextAsync())
        {
            var person = new Person { Id = "person-1", Role = "operator", IssuedBefore = 0, CodeKind = OneTimeCodeKind.Invitation, CodeHash = "", CodeExpiresAt = 0 };
            person.Account = new Account { PersonId = person.Id, LoginName = "a", NameKey = "a", DisplayName = "A", PasswordHash = "", AcceptedAt = _clock.Now, UsedCodeHash = "" };
            database.Add(person);
            await database.SaveChangesAsync();
        }

        var keyFile = Path.GetTempFileName();
        PrivateFiles.Write(keyFile, PrivateFiles.NewKey());
        using var master = MasterKey.Read(keyFile);
        File.Delete(keyFile);
        var sessions = new Sessions(_databases, Options, master, _clock);
        var id = (await sessions.BeginAsync("person-1", providerToken: null, CancellationToken.None))!;
        _clock.Now += Options.SessionLifetime - TimeSpan.FromSeconds(1);
        Assert.NotNull(await sessions.FindAsync(id, CancellationToken.None));
        Assert.Equal(0, await sessions.PruneAsync(CancellationToken.None));

        _clock.Now += TimeSpan.FromSeconds(1);

        Assert.Null(await sessions.FindAsync(id, CancellationToken.None));
        Assert.Equal(1, await sessions.PruneAsync(CancellationToken.None));
        Assert.Null(await sessions.BeginAsync("person-nobody", providerToken: null, CancellationToken.None));
    }

    private Task<bool> BeginAsync(string name) => _attempts.BeginAsync(name, CancellationToken.None);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 3, 14, 3, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
