using System.Reflection;

namespace PartnerPlatform.Contracts.Settings;

/// <summary>A setting that this part of an options record is made from. The tables of docs/settings.md are made from these.</summary>
/// <param name="name">As users know it: an environment variable, or a property of Kafka's clients.</param>
/// <param name="meaning">As Markdown.</param>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = true)]
public sealed class SettingAttribute(string name, string meaning) : Attribute
{
    public string Name => name;

    /// <summary>Also the one of the file.</summary>
    public IEnumerable<string> Names => HasFile ? [Name, Name + "_FILE"] : [Name];

    public string Meaning => meaning;

    /// <summary>The value that it has where it is not given.</summary>
    public string? Default { get; init; }

    /// <summary>In words, where no value says it: what holds where it is not given. Null without a <see cref="Default"/>, too: it is required.</summary>
    public string? Otherwise { get; init; }

    /// <summary>Of the default and the example.</summary>
    public string? Unit { get; init; }

    /// <summary>May come from the file that <c>NAME_FILE</c> names; then the example is such a file.</summary>
    public bool HasFile { get; init; }

    public required string Example { get; init; }

    /// <summary>Settings of a record and of the records that it is made of.</summary>
    public static IEnumerable<SettingAttribute> Of(Type record) =>
        from constructor in record.GetConstructors()
        from part in constructor.GetParameters()
        let own = part.GetCustomAttributes<SettingAttribute>().ToList()
        from setting in own.Count > 0 ? own : part.ParameterType.Assembly == record.Assembly ? Of(part.ParameterType) : []
        select setting;
}
