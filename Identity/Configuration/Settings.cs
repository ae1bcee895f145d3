using System.Globalization;

namespace PartnerPlatform.Identity.Configuration;

/// <summary>Reads settings by the name that users know, and collects what is wrong with them.</summary>
internal sealed class Settings(IConfiguration configuration)
{
    private readonly List<string> _faults = [];

    public bool Has(string name) => configuration[name] is { Length: > 0 };

    public string Text(string name) => configuration[name] is { Length: > 0 } value ? value : Fault(name, "is missing", "");

    public string Text(string name, string otherwise) => Has(name) ? Text(name) : otherwise;

    public Uri Url(string name)
    {
        var text = Text(name);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : Fault(name, text.Length == 0 ? null : $"is not an http or https URL: {text}", new Uri("https://missing"));
    }

    /// <summary>Content of the file that the setting names, trimmed; null when it cannot be read, which is then a fault.</summary>
    public string? Secret(string name)
    {
        var file = Text(name);
        if (file.Length == 0)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Fault<string?>(name, $"cannot be read: {file}", null);
        }
    }

    /// <summary>The setting itself, or content of the file that <c>NAME_FILE</c> names; one of the two.</summary>
    public string SecretOrFile(string name)
    {
        var file = name + "_FILE";
        if (Has(name) && Has(file))
        {
            return Fault(name, $"and {file} are both set; give one of them", "");
        }

        var secret = Has(file) ? Secret(file) : Text(name);
        return secret is "" && Has(file) ? Fault(file, $"holds nothing: {Text(file)}", "") : secret ?? "";
    }

    public int Number(string name, int otherwise, int minimum) => configuration[name] switch
    {
        null or "" => otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum => value,
        var text => Fault(name, $"is not a whole number of at least {minimum}: {text}", otherwise),
    };

    public bool Flag(string name, bool otherwise) => configuration[name] switch
    {
        null or "" => otherwise,
        var text when bool.TryParse(text, out var value) => value,
        var text => Fault(name, $"is neither true nor false: {text}", otherwise),
    };

    /// <summary>A whole number and its unit: s, m, h or d.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise)
    {
        if (configuration[name] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        return int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                _ => Fault(name, NotADuration(text), otherwise),
            }
            : Fault(name, NotADuration(text), otherwise);
    }

    public void Require(bool holds, string name, string what)
    {
        if (!holds)
        {
            Fault(name, what, 0);
        }
    }

    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new StartRefusal(string.Join('\n', _faults));
        }
    }

    private static string NotADuration(string text) => $"is not a duration such as 90s, 10m, 12h or 30d: {text}";

    private T Fault<T>(string name, string? what, T otherwise)
    {
        if (what is not null)
        {
            _faults.Add($"{name} {what}");
        }

        return otherwise;
    }
}
