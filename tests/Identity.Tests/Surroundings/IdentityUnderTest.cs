using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Identity.Clients;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>Identity as a real process on a real database, beside a fake Platform.</summary>
public sealed class IdentityUnderTest : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    /// <summary>Where the portal would be; nobody listens there.</summary>
    public static readonly Uri PortalUrl = new("http://127.0.0.1:9/");

    private readonly string _folder;

    private IdentityUnderTest(FakePlatform platform, ServiceProcess process, Uri url, string folder, string portalSecret)
    {
        Platform = platform;
        Process = process;
        Url = url;
        _folder = folder;
        PortalSecret = portalSecret;
    }

    public string PortalSecret { get; }

    /// <summary>Connection string.</summary>
    public string Database => Process.Plan.Environment["IDENTITY_DATABASE"];

    public string Log => File.ReadAllText(Process.Plan.LogFile);

    public FakePlatform Platform { get; }

    public ServiceProcess Process { get; }

    public Uri Url { get; }

    public static Uri NewUrl() => new($"http://127.0.0.1:{FreePorts.Take()}/");

    public static async Task<IdentityUnderTest> StartAsync(TestPostgres postgres, IReadOnlyDictionary<string, string>? settings = null, FakePlatform? platform = null, Uri? url = null)
    {
        var folder = Directory.CreateTempSubdirectory("identity-").FullName;
        var masterKey = Path.Combine(folder, "master.key");
        PrivateFiles.Write(masterKey, PrivateFiles.NewKey());
        var portalSecret = PrivateFiles.NewSecret();
        PrivateFiles.Write(Path.Combine(folder, "portal.secret"), portalSecret);
        platform ??= await FakePlatform.StartAsync();
        url ??= NewUrl();
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = url.AbsoluteUri,
            ["IDENTITY_URL"] = url.AbsoluteUri,
            ["IDENTITY_DATABASE"] = await postgres.CreateDatabaseAsync("identity"),
            ["IDENTITY_MASTER_KEY_FILE"] = masterKey,
            ["IDENTITY_APPLY_SCHEMA"] = "true",
            // All of a test comes from one address.
            ["IDENTITY_TOKEN_RATE"] = "0",
            ["IDENTITY_PORTAL_URL"] = PortalUrl.AbsoluteUri,
            ["IDENTITY_PORTAL_SECRET_FILE"] = Path.Combine(folder, "portal.secret"),
            ["PLATFORM_URL"] = platform.Url.AbsoluteUri,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        var plan = new ServicePlan("identity", Repository.Dll("Identity"), environment, new Uri(url, "health/ready"), folder);
        return new IdentityUnderTest(platform, await ServiceProcess.StartAsync(plan), url, folder, portalSecret);
    }

    /// <summary>A client as Platform would tell of it.</summary>
    public static ClientDocument Client(string id, params SecretHash[] hashes) => new(id, $"client-{id}", hashes, Roles.Operator, null);

    public static ClientDocument Client(string id, string secret) => Client(id, ClientSecrets.Hash(secret));

    public Task<HttpResponseMessage> AskForTokenAsync(string clientId, string secret) =>
        PostAsync("connect/token", new() { ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = secret });

    /// <summary>The access token, or null when it is refused as an invalid client.</summary>
    public async Task<string?> TokenAsync(string clientId, string secret)
    {
        using var answer = await AskForTokenAsync(clientId, secret);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (answer.IsSuccessStatusCode)
        {
            return body.GetProperty("access_token").GetString();
        }

        Assert.Equal("invalid_client", body.GetProperty("error").GetString());
        return null;
    }

    public async Task<string> RequireTokenAsync(string clientId, string secret) =>
        await TokenAsync(clientId, secret) ?? throw new InvalidOperationException($"{clientId} got no token.");

    /// <summary>Waits until a client gets (or no longer gets) tokens: the feed arrives soon, not at once.</summary>
    public async Task UntilAsync(string clientId, string secret, bool served)
    {
        await UntilAsync(
            async () => await TokenAsync(clientId, secret) is not null == served,
            $"{clientId} {(served ? "is" : "is not")} served");
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"It did not come true that {what}.");
            }

            await Task.Delay(50);
        }
    }

    public async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        return await Http.PostAsync(new Uri(Url, path), content);
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(new Uri(Url, path));

    public async Task<JsonWebKeySet> KeysAsync() => new(await Http.GetStringAsync(new Uri(Url, ".well-known/jwks")));

    public async Task<TokenValidationResult> ValidateAsync(string token, JsonWebKeySet keys) =>
        await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Url.AbsoluteUri,
            ValidAudience = AccessTokens.Audience,
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = keys.GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
        });

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Platform.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
