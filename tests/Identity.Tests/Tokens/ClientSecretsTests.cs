using PartnerPlatform.Identity.Clients;

namespace PartnerPlatform.Identity.Tests.Tokens;

public sealed class ClientSecretsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 3, 14, 3, 0, TimeSpan.Zero);

    [Fact]
    public void Hash_is_sha256_of_the_salt_bytes_followed_by_the_secret()
    {
        // printf '\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0fsecret' | sha256sum
        const string Packed = """[{"salt":"000102030405060708090a0b0c0d0e0f","hash":"@"}]""";

        Assert.True(ClientSecrets.Matches("secret", Packed.Replace("@", KnownHash, StringComparison.Ordinal), Now));
    }

    [Fact]
    public void Secret_is_refused_from_the_second_it_expires()
    {
        var packed = ClientSecrets.Pack([ClientSecrets.Hash("secret") with { ExpiresAt = Now.ToUnixTimeSeconds() }]);

        Assert.True(ClientSecrets.Matches("secret", packed, Now.AddSeconds(-1)));
        Assert.False(ClientSecrets.Matches("secret", packed, Now));
    }

    [Fact]
    public void Client_without_hashes_matches_nothing() => Assert.False(ClientSecrets.Matches("", ClientSecrets.Pack([]), Now));

    private const string KnownHash = "67557c0d86179c45199f096d85b7aeb2b8b34bf423c403ba517f72bcc5913c4c";
}
