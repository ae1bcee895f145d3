using System.Globalization;

namespace PartnerPlatform.Gateway.Configuration;

/// <summary>Reads settings by their configuration names, from the environment or appsettings.</summary>
public sealed class SettingsReader(IConfiguration configuration)
{
    public string? Optional(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    public string Required(string name, string meaning) =>
        Optional(name) ?? throw new InvalidSettingException($"{name} is missing: {meaning}.");

    /// <summary>Entries between commas; empty when the setting is not there.</summary>
    public IReadOnlyList<string> List(string name) => (Optional(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public int Int(string name, int defaultValue, int from, int to) =>
        Optional(name) is not { } text ? defaultValue
        : int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to ? value
        : throw new InvalidSettingException($"{name} is '{text}': a whole number from {from} to {to} is allowed.");

    public TimeSpan Seconds(string name, int defaultValue, int from, int to) => TimeSpan.FromSeconds(Int(name, defaultValue, from, to));

    public bool Flag(string name, bool defaultValue) =>
        Optional(name) is not { } text ? defaultValue
        : bool.TryParse(text, out var value) ? value
        : throw new InvalidSettingException($"{name} is '{text}': true or false is allowed.");

    public T Choice<T>(string name, T defaultValue)
        where T : struct, Enum =>
        Optional(name) is not { } text ? defaultValue
        : Enum.GetNames<T>().Contains(text, StringComparer.Ordinal) ? Enum.Parse<T>(text)
        : throw new InvalidSettingException($"{name} is '{text}': one of {string.Join(", ", Enum.GetNames<T>())} is allowed.");

    public Uri Url(string name, string meaning) =>
        Uri.TryCreate(Required(name, meaning), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
        : throw new InvalidSettingException($"{name} is '{Optional(name)}': an absolute http or https URL is needed.");

    /// <summary>A secret: the variable itself, or the file that <c>NAME_FILE</c> names.</summary>
    public string Secret(string name, string meaning)
    {
        if (Optional(name) is { } value)
        {
            return value;
        }

        if (Optional(name + "_FILE") is not { } path)
        {
            throw new InvalidSettingException($"{name} (or {name}_FILE) is missing: {meaning}.");
        }

        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{name}_FILE cannot be read: {e.Message}");
        }
    }
}
