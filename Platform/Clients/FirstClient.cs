using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Configuration;

namespace PartnerPlatform.Platform.Clients;

/// <param name="SecretFile">File with the secret of the first client, <c>operator</c>; null: none is made.</param>
public sealed record FirstClientOptions(string? SecretFile);

/// <summary>Someone must be able to begin: the client <c>operator</c> is created, by an event, when there is no such client.</summary>
public sealed class FirstClient(FirstClientOptions options, Acceptance acceptance, TimeProvider time)
{
    public const string ClientId = "operator";

    public async Task Ensure(CancellationToken ct)
    {
        if (options.SecretFile is null)
        {
            return;
        }

        var text = (await File.ReadAllTextAsync(options.SecretFile, ct)).Trim();
        if (text.Length < 32)
        {
            throw new InvalidSettingException($"{PlatformOptions.FirstSecret} names a file with fewer than 32 characters.");
        }

        var ask = new Ask(Caller.Platform, "first start", Ids.New("change"), time.GetUtcNow());
        var command = new CreateClient(ask, Ids.New("client"), ClientId, Roles.Operator, null, ClientSecrets.Hash(new Secret(text)));
        var outcome = await CreateClientHandler.Handle(command, acceptance, ct);
        if (outcome.Refusal is { Code: not Codes.NameTaken } refusal)
        {
            throw new InvalidOperationException($"The first client was not created: {refusal.Message}");
        }
    }
}
