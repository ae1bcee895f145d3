namespace PartnerPlatform.Identity.People;

/// <summary>Length is what counts (NIST SP 800-63B); no rules about kinds of characters.</summary>
internal static class PasswordRules
{
    public const int MinimumLength = 12;

    /// <summary>Keeps the work of hashing bounded.</summary>
    public const int MaximumLength = 128;

    private const int FewestDifferent = 5;

    private static readonly HashSet<string> Common = new(
        """
        123456789012 1234567890123 12345678901234 123456789123 111122223333 abcdefghijkl abcdef123456 abcd1234abcd abc123abc123
        admin1234567 administrator administrator1 baseball1234 changeme1234 changemechangeme computer1234 correcthorsebatterystaple
        football1234 helloworld12 iloveyou1234 iloveyouiloveyou letmein12345 letmeinletmein master123456 mypassword12 p@ssw0rd1234
        partnerplatform passw0rd1234 password1234 password12345 password123456 password2024 password2025 password2026 passwordpassword
        princess1234 q1w2e3r4t5y6 qwer1234qwer qwerty123456 qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiopasdf secret123456
        starwars1234 sunshine1234 superman1234 trustno1trustno1 welcome12345 welcomewelcome zaq12wsxcde3 1q2w3e4r5t6y 1qaz2wsx3edc
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.OrdinalIgnoreCase);

    /// <returns>What is wrong with the password, for the person who chose it; null = nothing.</returns>
    public static string? Fault(string password, string loginName)
    {
        if (password.Length < MinimumLength)
        {
            return $"Use at least {MinimumLength} characters.";
        }

        if (password.Length > MaximumLength)
        {
            return $"Use at most {MaximumLength} characters.";
        }

        if (loginName.Length > 0 && password.Contains(loginName, StringComparison.OrdinalIgnoreCase))
        {
            return "The password must not contain the login name.";
        }

        return Common.Contains(password) || password.Distinct().Count() < FewestDifferent ? "This password is among the first that are tried." : null;
    }
}
