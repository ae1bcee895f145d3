using System.Globalization;

namespace PartnerPlatform.Platform.Configuration;

/// <summary>A configuration value that cannot be used; the message names it.</summary>
public sealed class ConfigurationFault(string name, string why) : Exception($"{name}: {why}");

public static class ConfigurationValues
{
    public static string? Optional(this IConfiguration configuration, string name) => configuration[name] is { Length: > 0 } value ? value : null;

    public static string Required(this IConfiguration configuration, string name, string meaning) =>
        configuration.Optional(name) ?? throw new ConfigurationFault(name, $"is not set ({meaning}).");

    /// <summary>A secret: the variable itself, or the file that <c>NAME_FILE</c> names.</summary>
    public static string Secret(this IConfiguration configuration, string name, string meaning)
    {
        if (configuration.Optional(name) is not null || configuration.Optional(name + "_FILE") is not { } file)
        {
            return configuration.Required(name, meaning);
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFault(name + "_FILE", $"cannot be read: {e.Message}");
        }
    }

    public static long Number(this IConfiguration configuration, string name, long otherwise, long minimum)
    {
        if (configuration.Optional(name) is not { } text)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum
            ? value
            : throw new ConfigurationFault(name, $"'{text}' is not a whole number of at least {minimum}.");
    }

    public static bool Flag(this IConfiguration configuration, string name, bool otherwise) => configuration[name] switch
    {
        null or "" => otherwise,
        "true" => true,
        "false" => false,
        var text => throw new ConfigurationFault(name, $"'{text}' is neither true nor false."),
    };
}
