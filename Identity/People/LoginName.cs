using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PartnerPlatform.Identity.People;

/// <summary>Names that people log in with.</summary>
internal static partial class LoginName
{
    public const string Rule = "Use 3 to 64 letters, digits, dots, hyphens, underscores or @.";

    public static bool IsValid(string name) => Allowed().IsMatch(name);

    /// <summary>
    /// What names are compared by, without case: a hash, since the counter of failed attempts also keeps what was never a name, such as a password
    /// typed into the wrong field.
    /// </summary>
    public static string Key(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name.Trim().ToLowerInvariant())));

    [GeneratedRegex(@"\A[a-zA-Z0-9._@-]{3,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Allowed();
}
