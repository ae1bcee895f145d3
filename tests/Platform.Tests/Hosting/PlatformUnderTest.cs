using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Database;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.Tests.Hosting;

/// <summary>The real host on a real port and a database of its own.</summary>
public sealed class PlatformUnderTest : IAsyncDisposable
{
    public static readonly byte[] PoolKey = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private PlatformUnderTest(WebApplication app, string database, LogLines log)
    {
        (_app, Database, Log) = (app, database, log);
        Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _http = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Url { get; }

    public string Database { get; }

    public LogLines Log { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<PlatformUnderTest> Start(string? database = null, Action<WebApplicationBuilder>? configure = null, params (string, string)[] settings)
    {
        database ??= await PrivatePostgres.NewDatabase();
        var master = Path.Combine(Path.GetTempPath(), $"platform-tests-master-{Environment.ProcessId}");
        if (!File.Exists(master))
        {
            await File.WriteAllTextAsync(master, Convert.ToBase64String(PoolKey));
        }

        var log = new LogLines();
        var app = PlatformApplication.Create([], builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["PLATFORM_DATABASE"] = database,
                ["PLATFORM_APPLY_SCHEMA"] = "true",
                ["PLATFORM_URLS"] = "http://127.0.0.1:0",
                ["IDENTITY_URL"] = TestIdentity.Issuer,
                ["GATEWAY_USER_POOL_SECRET_KEY"] = Convert.ToBase64String(PoolKey),
                ["PLATFORM_MASTER_KEY_FILE"] = master,
            });
            builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Item1, s => (string?)s.Item2));
            builder.Logging.ClearProviders().AddProvider(log);
        }, builder =>
        {
            if (!settings.Any(s => s.Item1 == "IDENTITY_URL"))
            {
                TestIdentity.Trust(builder);
            }

            builder.Services.AddSingleton(FeedOptions.Default with { Hold = TimeSpan.FromSeconds(3) });
            configure?.Invoke(builder);
        });
        await app.StartAsync();
        await app.Services.GetRequiredService<DatabaseStart>().Done.WaitAsync(TimeSpan.FromSeconds(60));
        return new PlatformUnderTest(app, database, log);
    }

    public Task<JsonElement> Graph(string query, object? variables = null, string role = Roles.Operator, string client = "operator", string? organization = null) =>
        GraphAs(TestIdentity.Token(client, role, organization), query, variables);

    public async Task<JsonElement> GraphAs(string token, string query, object? variables = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql") { Content = JsonContent.Create(new { query, variables }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(text.Length > 0, $"{response.StatusCode}\n{Log.Text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Runs <c>mutation { name(input: ...) { fields } }</c>; answers the payload, or fails with the errors.</summary>
    public async Task<JsonElement> Mutate(string name, object input, string fields, string role = Roles.Operator, string client = "operator", string? organization = null)
    {
        var answer = await TryMutate(name, input, fields, role, client, organization);
        Assert.False(answer.TryGetProperty("errors", out var errors), $"{errors}\n{Log.Text}");
        return answer.GetProperty("data").GetProperty(name);
    }

    public Task<JsonElement> TryMutate(string name, object input, string fields, string role = Roles.Operator, string client = "operator", string? organization = null)
    {
        var type = char.ToUpperInvariant(name[0]) + name[1..] + "Input!";
        return Graph($"mutation($input: {type}) {{ {name}(input: $input) {{ {fields} }} }}", new { input }, role, client, organization);
    }

    public async Task<string?> RefusalOf(string name, object input, string role = Roles.Operator, string client = "operator", string? organization = null)
    {
        var answer = await TryMutate(name, input, "change { id }", role, client, organization);
        return answer.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("extensions").GetProperty("code").GetString() : null;
    }

    public async Task<HttpResponseMessage> Get(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _http.SendAsync(request);
    }

    public async Task<FeedPage> Feed(string? after, string role = Roles.Node, string client = "node-1")
    {
        using var response = await Get($"/feed{(after is null ? "" : $"?after={after}")}", TestIdentity.Token(client, role));
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<FeedPage>(ContractJson.Options))!;
    }

    public async Task<HttpResponseMessage> Report(NodeFacts facts, string node = "node-1")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/nodes/facts") { Content = JsonContent.Create(facts, options: ContractJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestIdentity.Token(node, Roles.Node));
        return await _http.SendAsync(request);
    }

    public Task StopAsync() => _app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(5)).Token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
    }
}

public sealed class LogLines : ILoggerProvider
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, System.Collections.Concurrent.ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {exception}");
    }
}
