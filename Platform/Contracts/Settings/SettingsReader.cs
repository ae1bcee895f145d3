using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace PartnerPlatform.Contracts.Settings;

/// <summary>
/// Reads settings by the names that users know, and collects what is wrong with them, so that all of it is told at once. What stands in for a setting that is missing or wrong may be
/// kept, but not used, before <see cref="ThrowIfFaulty"/>.
/// </summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    /// <summary>The certificate that a part listens with, as ASP.NET Core names it; without it there is no TLS.</summary>
    public const string Certificate = "Kestrel__Certificates__Default__Path";

    private const int KeyBytes = 32;
    private const int LongestDays = 3650;

    /// <summary>What stands in for a URL.</summary>
    public static readonly Uri Nowhere = new("https://missing");

    private readonly List<string> _faults = [];

    /// <summary>Null: it is not given, or empty.</summary>
    public string? Optional(string name) => configuration[name.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } value ? value : null;

    public bool Has(string name) => Optional(name) is not null;

    /// <summary>Whether the secret is given, by itself or as a file.</summary>
    public bool HasSecret(string name) => Has(name) || Has(FileOf(name));

    public string Required(string name, string meaning) => Optional(name) ?? Fault(name, $"is missing: {meaning}", "");

    /// <summary>Entries between commas; empty when the setting is not there.</summary>
    public IReadOnlyList<string> List(string name) => (Optional(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public int Int(string name, int otherwise, int from, int to = int.MaxValue) =>
        Optional(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to ? value
        : Fault(name, $"is '{text}': a whole number from {from} to {to} is allowed", otherwise);

    public TimeSpan Seconds(string name, int otherwise, int from, int to) => TimeSpan.FromSeconds(Int(name, otherwise, from, to));

    /// <summary>A whole number and its unit: s, m, h or d.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise)
    {
        if (Optional(name) is not { } text)
        {
            return otherwise;
        }

        var unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        return int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count * unit.TotalDays is > 0 and <= LongestDays
            ? count * unit
            : Fault(name, $"is '{text}': a duration such as 90s, 10m, 12h or 30d, of {LongestDays}d at most, is needed", otherwise);
    }

    public bool Flag(string name, bool otherwise) =>
        Optional(name) is not { } text ? otherwise
        : bool.TryParse(text, out var value) ? value
        : Fault(name, $"is '{text}': true or false is allowed", otherwise);

    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum =>
        Optional(name) is not { } text ? otherwise
        : Enum.GetNames<T>().Contains(text, StringComparer.Ordinal) ? Enum.Parse<T>(text)
        : Fault(name, $"is '{text}': one of {string.Join(", ", Enum.GetNames<T>())} is allowed", otherwise);

    public Uri Url(string name, string meaning) =>
        Required(name, meaning) is not { Length: > 0 } text ? Nowhere
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : Fault(name, $"is '{text}': an absolute http or https URL is needed", Nowhere);

    public Uri SecureUrl(string name, string meaning) => Required(name, meaning) is { Length: > 0 } text ? SecureUrlOf(name, text) : Nowhere;

    /// <param name="text">The setting, or one of its entries.</param>
    public Uri SecureUrlOf(string name, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) ? url
        : Fault(name, $"is '{text}': an absolute https URL is needed (http is for loopback addresses only)", Nowhere);

    /// <summary>A file that must be there. Null: the setting is not.</summary>
    public string? OptionalFile(string name) => Optional(name) is not { } path || File.Exists(path) ? Optional(name) : Fault(name, $"is '{path}': there is no such file", path);

    /// <summary>A file that must be there.</summary>
    public string RequiredFile(string name, string meaning) => OptionalFile(name) ?? Required(name, meaning);

    /// <summary>A secret: the setting itself, or content of the file that <c>NAME_FILE</c> names.</summary>
    public string Secret(string name, string meaning) =>
        !HasSecret(name) ? Fault(name, $"(or {FileOf(name)}) is missing: {meaning}", "")
        : !Has(FileOf(name)) ? Required(name, meaning)
        : Has(name) ? Fault(name, $"and {FileOf(name)} are both set: one of them is allowed", "")
        : Content(FileOf(name), meaning);

    /// <summary>Content of the file that the setting names.</summary>
    public string Content(string name, string meaning)
    {
        if (Required(name, meaning) is not { Length: > 0 } path)
        {
            return "";
        }

        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } content ? content : Fault(name, $"is '{path}': the file holds nothing, but {meaning} is needed", "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fault(name, $"cannot be read: {e.Message.TrimEnd('.')}", "");
        }
    }

    /// <summary>A key of 256 bit in base64, given as a <see cref="Secret"/>.</summary>
    public byte[] Key(string name, string meaning) => KeyOf(name, Secret(name, meaning));

    /// <summary>A key of 256 bit in base64, in the file that the setting names.</summary>
    public byte[] KeyFile(string name, string meaning) => KeyOf(name, Content(name, meaning));

    public void Require(bool holds, string name, string what)
    {
        if (!holds)
        {
            Fault(name, what, 0);
        }
    }

    /// <summary>Notes what is wrong with a setting; returns what stands in for it meanwhile.</summary>
    /// <param name="what">What follows the name, without a full stop.</param>
    public T Fault<T>(string name, string what, T otherwise)
    {
        _faults.Add($"{name} {what}.");
        return otherwise;
    }

    /// <exception cref="InvalidSettingException">Settings are missing or wrong.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new InvalidSettingException(string.Join('\n', _faults));
        }
    }

    private static string FileOf(string name) => name + "_FILE";

    private byte[] KeyOf(string name, string text)
    {
        const string rule = "a random value of 256 bit in base64 (openssl rand -base64 32) is needed";
        if (text.Length == 0)
        {
            return [];
        }

        var key = new byte[text.Length];
        return !Convert.TryFromBase64String(text, key, out var length) ? Fault<byte[]>(name, $"is not base64: {rule}", [])
            : length != KeyBytes ? Fault<byte[]>(name, $"has {length * 8} bit: {rule}", [])
            : key[..length];
    }
}
