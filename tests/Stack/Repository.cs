namespace PartnerPlatform.Stack;

/// <summary>Where the built parts lie.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The dll of a project, built in the same configuration as the caller.</summary>
    /// <param name="project">Folder from the root, for example <c>Identity</c> or <c>tests/EmbeddedKafka</c>.</param>
    public static string Dll(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? "Release";
        var path = Path.Combine(Root, project, "bin", configuration, "net10.0", $"PartnerPlatform.{Path.GetFileName(project)}.dll");
        return File.Exists(path) ? path : throw new StackException($"{path} is missing: build {project} in {configuration} first.");
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PartnerPlatform.sln")))
            {
                return folder.FullName;
            }
        }

        throw new StackException($"No PartnerPlatform.sln above {AppContext.BaseDirectory}.");
    }
}
