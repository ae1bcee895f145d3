using System.Runtime.CompilerServices;

namespace PartnerPlatform.Platform.Tests.Hosting;

/// <summary>Compares with an approved file; on a difference the new text lies beside it as .received.txt, to be looked at and renamed.</summary>
public static class Approved
{
    public static void Check(string name, string text, [CallerFilePath] string here = "")
    {
        var folder = Path.Combine(here[..here.IndexOf("Platform.Tests", StringComparison.Ordinal)], "Platform.Tests", "Approved");
        var (approved, received) = (Path.Combine(folder, $"{name}.txt"), Path.Combine(folder, $"{name}.received.txt"));
        text = text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (File.Exists(approved) && File.ReadAllText(approved) == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        Assert.Fail($"{name}.txt differs; compare it with {received}");
    }
}
