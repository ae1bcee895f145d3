using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Identity.Tests.Surroundings;

/// <summary>One Identity for the tests of a class.</summary>
public sealed class SharedIdentity(TestPostgres postgres) : IAsyncLifetime
{
    public TestPostgres Postgres => postgres;

    public IdentityUnderTest Identity { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Identity = await IdentityUnderTest.StartAsync(postgres);

    public ValueTask DisposeAsync() => Identity.DisposeAsync();
}
