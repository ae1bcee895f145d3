using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.Audit;

/// <summary>Decisions for a file, the newest first.</summary>
/// <param name="Cut">There are more than a file is given.</param>
public sealed record DecisionExport(IReadOnlyList<AuditEntry> Entries, bool Cut)
{
    /// <summary>Decisions in one file; it is made in memory.</summary>
    public const int Most = 10_000;

    /// <param name="page">Answers the page after a cursor.</param>
    public static async Task<DecisionExport> Collect(Func<string?, Task<Page<AuditEntry>>> page)
    {
        var entries = new List<AuditEntry>();
        string? after = null;
        do
        {
            var next = await page(after);
            entries.AddRange(next.Nodes);
            after = next.Next;
        }
        while (after is not null && entries.Count < Most);

        return new([.. entries.Take(Most)], after is not null || entries.Count > Most);
    }
}
