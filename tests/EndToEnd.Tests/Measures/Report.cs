namespace PartnerPlatform.EndToEnd.Tests.Measures;

/// <summary>Figures: into the test's output, and, where <c>MEASURES_FILE</c> names a file, a line there.</summary>
internal static class Report
{
    public static void Say(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Environment.GetEnvironmentVariable("MEASURES_FILE") is { Length: > 0 } file)
        {
            File.AppendAllText(file, line + Environment.NewLine);
        }
    }
}
