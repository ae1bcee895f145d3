using System.Xml.Linq;

namespace PartnerPlatform.TestRunner;

internal sealed record TestProblem(string Test, string Text);

/// <summary>What one project's tests came to.</summary>
/// <param name="Skipped">With the reason.</param>
/// <param name="Failed">With message, place and output.</param>
internal sealed record TestReport(int Passed, IReadOnlyList<TestProblem> Failed, IReadOnlyList<TestProblem> Skipped)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <param name="file">Not written when the test process did not get that far.</param>
    public static TestReport Read(string file, int exitCode, string console)
    {
        if (!File.Exists(file))
        {
            return new TestReport(0, [new TestProblem("the test process itself", console.Trim())], []);
        }

        var document = XDocument.Load(file);
        var results = document.Descendants(Trx + "UnitTestResult").ToLookup(result => (string?)result.Attribute("outcome"));
        var skipped = results["NotExecuted"].Select(result => new TestProblem(Name(result), Reason(result))).ToArray();
        var failed = results.Where(group => group.Key is not ("Passed" or "NotExecuted")).SelectMany(group => group)
            .Select(result => new TestProblem(Name(result), Evidence(result))).ToList();
        if (exitCode != 0 && failed.Count == 0)
        {
            // A crash after the last result, or a fixture that could not be torn down.
            var said = document.Descendants(Trx + "RunInfo").Select(info => ((string?)info.Element(Trx + "Text"))?.Trim());
            failed.Add(new TestProblem("the test process itself", string.Join('\n', said.Append(console.Trim()))));
        }

        return new TestReport(results["Passed"].Count(), failed, skipped);
    }

    private static string Name(XElement result) => (string?)result.Attribute("testName") ?? "?";

    private static string Reason(XElement result) =>
        Text(result, "StdOut") ?? (string?)result.Element(Trx + "Output")?.Element(Trx + "ErrorInfo")?.Element(Trx + "Message") ?? "no reason given";

    private static string Evidence(XElement result)
    {
        var error = result.Element(Trx + "Output")?.Element(Trx + "ErrorInfo");
        string?[] parts = [(string?)error?.Element(Trx + "Message"), (string?)error?.Element(Trx + "StackTrace"), Text(result, "StdOut"), Text(result, "StdErr")];
        return string.Join('\n', parts.Where(part => !string.IsNullOrWhiteSpace(part)));
    }

    private static string? Text(XElement result, string stream) => ((string?)result.Element(Trx + "Output")?.Element(Trx + stream))?.Trim() is { Length: > 0 } text ? text : null;
}
