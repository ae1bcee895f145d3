namespace PartnerPlatform.Web.Clusters;

/// <summary>Text of a Java .properties file: <c>name=value</c> or <c>name: value</c>, <c>#</c> and <c>!</c> before comments, <c>\</c> at the end of a line that goes on, <c>\n</c> for a new line.</summary>
public static class Properties
{
    public static IReadOnlyList<ClusterProperty> Parse(string text)
    {
        var properties = new List<ClusterProperty>();
        var logical = "";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var trimmed = line.TrimStart();
            if (logical.Length == 0 && (trimmed.Length == 0 || trimmed[0] is '#' or '!'))
            {
                continue;
            }

            var goesOn = (trimmed.Length - trimmed.TrimEnd('\\').Length) % 2 != 0;
            logical += goesOn ? trimmed[..^1] : trimmed;
            if (!goesOn)
            {
                properties.Add(PropertyOf(logical));
                logical = "";
            }
        }

        if (logical.Length > 0)
        {
            properties.Add(PropertyOf(logical));
        }

        return properties;
    }

    public static string Write(IEnumerable<ClusterProperty> properties) =>
        string.Join('\n', properties.Select(p => $"{p.Name}={p.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}"));

    private static ClusterProperty PropertyOf(string line)
    {
        var end = line.IndexOfAny(['=', ':']);
        return end < 0 ? new ClusterProperty(line.Trim(), "") : new ClusterProperty(line[..end].Trim(), Unescape(line[(end + 1)..].TrimStart()));
    }

    private static string Unescape(string value)
    {
        var result = new System.Text.StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\\' || i + 1 == value.Length)
            {
                result.Append(value[i]);
                continue;
            }

            result.Append(value[++i] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                var other => other,
            });
        }

        return result.ToString();
    }
}
