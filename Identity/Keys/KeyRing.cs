using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using OpenIddict.Server;

namespace PartnerPlatform.Identity.Keys;

/// <summary>The keys in use, and how OpenIddict gets them: its options are made anew whenever the keys or the signing one changes.</summary>
internal sealed class KeyRing(TimeProvider time) : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>, IDisposable
{
    private volatile IReadOnlyList<SigningKey> _keys = [];
    private CancellationTokenSource _change = new();

    public string Name => Options.DefaultName;

    /// <summary>The newest key whose time has come.</summary>
    public SigningKey Signer => SignerAt(_keys, time.GetUtcNow()) ?? throw new InvalidOperationException("No signing key is loaded.");

    /// <summary>When another key becomes the signing one; null = none is waiting.</summary>
    public DateTimeOffset? NextChange
    {
        get
        {
            var now = time.GetUtcNow();
            return _keys.Where(key => key.SignsFrom > now).Select(key => (DateTimeOffset?)key.SignsFrom).Min();
        }
    }

    public int Count => _keys.Count;

    public bool Holds(string keyId) => _keys.Any(key => key.KeyId == keyId);

    public SigningKey? Find(string keyId) => _keys.FirstOrDefault(key => key.KeyId == keyId);

    public void Replace(IReadOnlyList<SigningKey> keys)
    {
        _keys = keys;
        Refresh();
    }

    /// <summary>Makes OpenIddict ask again which key signs.</summary>
    public void Refresh()
    {
        using var old = Interlocked.Exchange(ref _change, new CancellationTokenSource());
        old.Cancel();
    }

    public void Configure(OpenIddictServerOptions options)
    {
        // OpenIddict signs with the first and publishes all.
        var keys = _keys;
        var signer = SignerAt(keys, time.GetUtcNow());
        options.SigningCredentials.AddRange(keys.OrderByDescending(key => key == signer).ThenByDescending(key => key.SignsFrom).Select(key => key.Credentials));
    }

    public IChangeToken GetChangeToken() => new CancellationChangeToken(_change.Token);

    public void Dispose() => _change.Dispose();

    private static SigningKey? SignerAt(IReadOnlyList<SigningKey> keys, DateTimeOffset now) =>
        keys.Where(key => key.SignsFrom <= now).MaxBy(key => key.SignsFrom);
}
