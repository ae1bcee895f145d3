using System.Diagnostics;
using PartnerPlatform.Stack;

namespace PartnerPlatform.TestRunner;

/// <summary>One of <c>tests/*.Tests</c>, run by <c>dotnet test</c>.</summary>
internal sealed record TestProject(string Name, string File)
{
    public static IEnumerable<TestProject> Discover() =>
        Directory.GetDirectories(Path.Combine(Repository.Root, "tests"), "*.Tests")
            .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))
            .Order(StringComparer.Ordinal)
            .Select(file => new TestProject(Path.GetFileNameWithoutExtension(file), file));

    /// <param name="filter">Null = all tests.</param>
    /// <param name="environment">Added for the tests.</param>
    public async Task<TestReport> RunAsync(string? filter, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var results = Directory.CreateTempSubdirectory("test-results-").FullName;
        try
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            string[] arguments =
            [
                "test", File, "--no-build", "-c", "Release", "--nologo", "--logger", "trx;LogFileName=results.trx", "--results-directory", results,
                .. filter is null ? [] : (string[])["--filter", filter],
            ];
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            using var process = Process.Start(start) ?? throw new StackException("dotnet test did not start.");
            using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return TestReport.Read(Path.Combine(results, "results.trx"), process.ExitCode, await output + await error);
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }
    }
}
