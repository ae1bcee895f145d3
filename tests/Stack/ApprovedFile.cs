namespace PartnerPlatform.Stack;

/// <summary>A file of the repository that says what is right. On a difference the new text lies beside it as <c>.received</c>, to be looked at and renamed.</summary>
public static class ApprovedFile
{
    /// <summary>Fails unless the text is the approved one.</summary>
    /// <param name="path">From the repository's root.</param>
    /// <param name="part">Which part of it the caller answers for, where there are more: in the name of what was received.</param>
    public static void MustBe(string path, string text, string? part = null)
    {
        if (Difference(path, text, part) is { } difference)
        {
            throw new StackException(difference);
        }
    }

    private static string? Difference(string path, string text, string? part)
    {
        var approved = Path.Combine(Repository.Root, path);
        var received = Path.ChangeExtension(approved, (part is null ? "" : "." + part) + ".received" + Path.GetExtension(path));
        text = text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (File.Exists(approved) && File.ReadAllText(approved) == text)
        {
            File.Delete(received);
            return null;
        }

        File.WriteAllText(received, text);
        return $"{path} differs; compare it with {received}: {FirstDifference(File.Exists(approved) ? File.ReadAllText(approved).Split('\n') : [], text.Split('\n'))}";
    }

    private static string FirstDifference(string[] approved, string[] received)
    {
        var line = Enumerable.Range(0, int.MaxValue).First(i => approved.ElementAtOrDefault(i) != received.ElementAtOrDefault(i));
        return $"line {line + 1} is '{received.ElementAtOrDefault(line)}', not '{approved.ElementAtOrDefault(line)}'";
    }
}
