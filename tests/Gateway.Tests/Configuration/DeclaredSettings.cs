using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using PartnerPlatform.Contracts.Settings;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Gateway.Tests.Configuration;

/// <summary>
/// What options records declare of their settings is what the code reads, and what docs/settings.md says; on a difference the new page lies beside it, to be looked at and renamed.
/// </summary>
public abstract partial class DeclaredSettings : IDisposable
{
    private const string Refused = "refused: ";

    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    /// <summary>By the name that stands in the page's marker.</summary>
    protected abstract IReadOnlyDictionary<string, IEnumerable<SettingAttribute>> Tables { get; }

    /// <summary>Folders of the code that reads them.</summary>
    protected abstract IEnumerable<string> Folders { get; }

    /// <summary>A name of a setting in the code.</summary>
    protected virtual Regex Name => EnvironmentVariable();

    private IEnumerable<SettingAttribute> All => Tables.Values.SelectMany(t => t);

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void The_page_says_what_is_declared()
    {
        const string path = "docs/settings.md";
        var page = File.ReadAllText(Path.Combine(Repository.Root, path));
        foreach (var (table, settings) in Tables)
        {
            var marker = $"<!-- settings: {table} -->\n";
            Assert.Contains(marker, page, StringComparison.Ordinal);
            var start = page.IndexOf(marker, StringComparison.Ordinal) + marker.Length;
            var rows = settings.Select(s => $"| {string.Join(", ", s.Names.Select(n => $"`{VariableOf(n)}`"))} | {Default(s)} | {s.Meaning} | {Value(s, s.Example)} |\n");
            page = $"{page[..start]}| variable | default | meaning | example |\n| --- | --- | --- | --- |\n{string.Concat(rows)}{page[page.IndexOf("<!-- end -->", start, StringComparison.Ordinal)..]}";
        }

        ApprovedFile.MustBe(path, page, part: GetType().Name);
    }

    [Fact]
    public void The_code_reads_what_is_declared_and_nothing_else()
    {
        var read = Folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.cs", SearchOption.AllDirectories)).Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(f => Literal().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Where(n => Name.IsMatch(n)).Distinct();

        Assert.Equal(All.Select(s => s.Name).Where(n => Name.IsMatch(n)).Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_default_that_is_given_changes_nothing()
    {
        foreach (var setting in All.Where(s => s.Default is not null))
        {
            var (without, with) = Outcomes(setting, Key(setting.Name), setting.Default!);

            Assert.False(without.StartsWith(Refused, StringComparison.Ordinal), without);
            Assert.Equal(without, with);
        }
    }

    /// <summary>Some are looked at and change nothing: there another value is refused.</summary>
    [Fact]
    public void An_example_is_accepted_and_looked_at()
    {
        foreach (var setting in All)
        {
            var (without, with) = Outcomes(setting, ExampleKey(setting), ExampleOf(setting));

            Assert.False(with.StartsWith(Refused, StringComparison.Ordinal), with);
            Assert.True(with != without || Outcomes(setting, Key(setting.Name), "?").With.StartsWith(Refused, StringComparison.Ordinal), $"{setting.Name}={setting.Example} changes nothing, and '?' is taken.");
        }
    }

    protected abstract object Read(IConfiguration configuration);

    /// <summary>What users call it.</summary>
    protected virtual string VariableOf(string name) => name;

    /// <summary>Its example as it is on this machine.</summary>
    protected virtual string ExampleOf(SettingAttribute setting) =>
        ExampleKey(setting).EndsWith("_FILE", StringComparison.Ordinal) ? FileWith(Convert.ToBase64String(new byte[32])) : setting.Example;

    /// <summary>Beside a setting stand the examples of all others; here those go that contradict it.</summary>
    protected virtual void Arrange(string name, string value, Dictionary<string, string> beside)
    {
    }

    protected static void Drop(Dictionary<string, string> settings, params string[] beginnings)
    {
        foreach (var name in settings.Keys.Where(k => beginnings.Any(b => k.StartsWith(b, StringComparison.Ordinal))).ToList())
        {
            settings.Remove(name);
        }
    }

    protected string FileWith(string text)
    {
        var path = Path.Combine(_folder, $"{text.GetHashCode(StringComparison.Ordinal):x}");
        File.WriteAllText(path, text);
        return path;
    }

    private static string Default(SettingAttribute setting) => setting.Default is { } value ? Value(setting, value) : setting.Otherwise ?? "required";

    private static string Value(SettingAttribute setting, string value) => value.Length == 0 ? "(empty)" : $"`{value}`{(setting.Unit is { } unit ? " " + unit : "")}";

    private string ExampleKey(SettingAttribute setting) => Key(setting.Names.Last());

    private string Key(string name) => VariableOf(name).Replace("<CLUSTER>", "BACKUP", StringComparison.Ordinal).Replace("__", ":", StringComparison.Ordinal);

    private (string Without, string With) Outcomes(SettingAttribute setting, string key, string value)
    {
        var settings = All.Where(s => !s.Equals(setting)).ToDictionary(ExampleKey, ExampleOf);
        Arrange(setting.Name, value, settings);
        var without = Outcome(settings);
        settings[key] = value;
        return (without, Outcome(settings));
    }

    private string Outcome(Dictionary<string, string> settings)
    {
        try
        {
            return TextOf(Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build()));
        }
        catch (Exception refusal)
        {
            return Refused + refusal.Message;
        }
    }

    /// <summary>All that an object holds, in private fields too.</summary>
    private static string TextOf(object? value) => value switch
    {
        null => "none",
        IConvertible or Uri or TimeSpan or Regex => $"{value}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(TextOf))}]",
        _ => $"{value.GetType().Name}({string.Join(", ", Fields(value.GetType()).Select(f => $"{f.Name}: {TextOf(f.GetValue(value))}"))})",
    };

    private static IEnumerable<FieldInfo> Fields(Type? type) =>
        type is null ? [] : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Concat(Fields(type.BaseType));

    [GeneratedRegex("^(GATEWAY|IDENTITY|PLATFORM|WEB)_[A-Z_]+$")]
    private static partial Regex EnvironmentVariable();

    [GeneratedRegex("(?<!\\[Setting\\()\"([^\"\\s]+)\"")]
    private static partial Regex Literal();
}
