using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Stack.Tests;

public sealed class CommandsTests
{
    [Fact]
    public void A_link_whose_target_was_removed_is_no_program()
    {
        var folder = Directory.CreateTempSubdirectory("path-");
        var name = $"program-{Guid.NewGuid():n}";
        var (target, link) = (Path.Combine(folder.FullName, "target"), Path.Combine(folder.FullName, name));
        var path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", $"{path}:{folder.FullName}");
            File.WriteAllText(target, "");
            File.CreateSymbolicLink(link, target);
            Assert.Equal(link, Commands.Find(name));

            File.Delete(target);

            Assert.Null(Commands.Find(name));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            folder.Delete(recursive: true);
        }
    }
}
