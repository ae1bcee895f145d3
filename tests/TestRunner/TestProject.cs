using System.Diagnostics;
using PartnerPlatform.Stack;

namespace PartnerPlatform.TestRunner;

/// <summary>One of <c>tests/*.Tests</c>: a program that runs its own tests.</summary>
internal sealed record TestProject(string Name)
{
    public static IEnumerable<TestProject> Discover() =>
        Directory.GetDirectories(Path.Combine(Repository.Root, "tests"), "*.Tests").Select(folder => new TestProject(Path.GetFileName(folder))).OrderBy(project => project.Name, StringComparer.Ordinal);

    /// <param name="filter">A part of a test's full name; null = all tests.</param>
    /// <param name="environment">Added for the tests.</param>
    public async Task<TestReport> RunAsync(string? filter, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var results = Directory.CreateTempSubdirectory("test-results-").FullName;
        try
        {
            var report = Path.Combine(results, "results.trx");
            string[] arguments = [Repository.Dll($"tests/{Name}"), "-noLogo", "-noColor", "-trx", report, .. filter is null ? [] : (string[])["-method", $"*{filter}*"]];
            var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            using var process = Process.Start(start) ?? throw new StackException("dotnet did not start.");
            using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return TestReport.Read(report, process.ExitCode, await output + await error);
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }
    }
}
