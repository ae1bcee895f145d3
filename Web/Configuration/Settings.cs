namespace PartnerPlatform.Web.Configuration;

/// <summary>Reads settings by the name that users know, and collects what is wrong with them.</summary>
public sealed class Settings(IConfiguration configuration)
{
    private static readonly Uri Missing = new("https://missing");

    private readonly List<string> _faults = [];

    public string Text(string name)
    {
        var value = configuration[name] ?? "";
        Require(value.Length > 0, name, "is missing");
        return value;
    }

    public Uri Url(string name)
    {
        var text = Text(name);
        var valid = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";
        Require(valid || text.Length == 0, name, $"is not an http or https URL: {text}");
        return valid ? url! : Missing;
    }

    public void Require(bool holds, string name, string what)
    {
        if (!holds)
        {
            _faults.Add($"{name} {what}");
        }
    }

    public void ThrowIfFaulty()
    {
        if (_faults.Count > 0)
        {
            throw new StartRefusal(string.Join('\n', _faults));
        }
    }
}

/// <summary>The portal does not start; the message says what to change, a line for each fault.</summary>
public sealed class StartRefusal(string message) : Exception(message);
