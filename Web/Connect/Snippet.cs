namespace PartnerPlatform.Web.Connect;

/// <summary>A language or tool that clients are written in.</summary>
/// <param name="Key">As in addresses and in the names of templates.</param>
/// <param name="File">What the snippet is saved as.</param>
/// <param name="Run">How it is run, and what it needs.</param>
public sealed record ClientLanguage(string Key, string Name, string File, string Run);

/// <summary>A way to log in.</summary>
public sealed record LoginMethod(string Key, string Name);

/// <summary>What a snippet is filled with; names and addresses are real, secrets only where they have just been issued.</summary>
/// <param name="SecurityProtocol">SASL_PLAINTEXT or SASL_SSL; there are no credentials in the others.</param>
/// <param name="Writes">The example writes to the topic; else it reads.</param>
public sealed record SnippetFacts(
    string BootstrapServers, string SecurityProtocol, string Account, string Password, string ClientId, string ClientSecret, string TokenEndpoint, string Topic, bool Writes)
{
    public const string PasswordPlace = "PASTE-THE-TOKEN-HERE";
    public const string SecretPlace = "PASTE-THE-CLIENT-SECRET-HERE";

    public bool Tls => SecurityProtocol == "SASL_SSL";

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"{Account} at {BootstrapServers}";
}
