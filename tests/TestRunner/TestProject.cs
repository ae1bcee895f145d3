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
        // Left there, for who asks which tests take long.
        var report = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, ".run", "tests")).FullName, $"{Name}.trx");
        File.Delete(report);
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
}
