using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;
using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>One of each for the tests of the collection.</summary>
[CollectionDefinition(RealPlatform.Collection)]
public sealed class RealPlatformCollection : ICollectionFixture<RealPlatform>;

/// <summary>The real Platform beside a real Identity, which follows its feed.</summary>
public sealed class RealPlatform(TestPostgres postgres) : IAsyncLifetime
{
    public const string Collection = "platform";

    private readonly string _folder = Directory.CreateTempSubdirectory("platform-").FullName;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly string _operatorSecret = PrivateFiles.NewSecret();

    public FakeProvider Provider { get; private set; } = null!;

    /// <summary>People log in at the provider, and with passwords.</summary>
    public IdentityUnderTest Identity { get; private set; } = null!;

    public ServiceProcess Process { get; private set; } = null!;

    private Uri Url { get; } = new($"http://127.0.0.1:{FreePorts.Take()}/");

    public async ValueTask InitializeAsync()
    {
        Provider = await FakeProvider.StartAsync();
        Identity = await IdentityUnderTest.StartAsync(
            postgres, new Dictionary<string, string>(Provider.Settings) { ["PLATFORM_URL"] = Url.AbsoluteUri, ["IDENTITY_LOCAL_PASSWORDS"] = "true" });
        Process = await ServiceProcess.StartAsync(new ServicePlan("platform", Repository.Dll("Platform"), new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = Url.AbsoluteUri,
            ["PLATFORM_DATABASE"] = await postgres.CreateDatabaseAsync("platform"),
            ["PLATFORM_MASTER_KEY_FILE"] = Secret("master", PrivateFiles.NewKey()),
            ["PLATFORM_BOOTSTRAP_OPERATOR_SECRET_FILE"] = Secret("operator", _operatorSecret),
            ["PLATFORM_APPLY_SCHEMA"] = "true",
            ["IDENTITY_URL"] = Identity.Url.AbsoluteUri,
            ["GATEWAY_USER_POOL_SECRET_KEY"] = PrivateFiles.NewKey(),
        }, new Uri(Url, "health/ready"), _folder));
        await Identity.UntilAsync("operator", _operatorSecret, served: true);
    }

    public async Task<JsonElement> AskAsOperatorAsync(string query) => await AskAsync(await Identity.RequireTokenAsync("operator", _operatorSecret), query);

    /// <summary>The whole GraphQL answer.</summary>
    public async Task<JsonElement> AskAsync(string token, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, "graphql"))
        {
            Content = JsonContent.Create(new { query }), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var answer = await _http.SendAsync(request);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
        await Identity.DisposeAsync();
        await Provider.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Secret(string name, string content)
    {
        var file = Path.Combine(_folder, $"{name}.secret");
        PrivateFiles.Write(file, content);
        return file;
    }
}
