using System.Security.Cryptography;

namespace PartnerPlatform.Platform.Commands;

/// <summary>Text that is shown to the caller once; its <see cref="ToString"/> is masked, so that no log or record prints it.</summary>
public sealed class Secret(string text)
{
    public string Reveal() => text;

    public override string ToString() => "***";

    /// <summary>256 random bits as lower-case hex: no character that a header, a URL or a shell would change.</summary>
    public static Secret Generate() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
}
