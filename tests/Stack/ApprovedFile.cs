namespace PartnerPlatform.Stack;

/// <summary>A file of the repository that says what is right. On a difference the new text lies beside it as <c>.received</c>, to be looked at and renamed.</summary>
public static class ApprovedFile
{
    /// <param name="path">From the repository's root.</param>
    /// <returns>What is wrong; null: the text is the approved one.</returns>
    public static string? Difference(string path, string text)
    {
        var approved = Path.Combine(Repository.Root, path);
        var received = Path.ChangeExtension(approved, ".received" + Path.GetExtension(path));
        text = text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (File.Exists(approved) && File.ReadAllText(approved) == text)
        {
            File.Delete(received);
            return null;
        }

        File.WriteAllText(received, text);
        return $"{path} differs; compare it with {received}";
    }
}
