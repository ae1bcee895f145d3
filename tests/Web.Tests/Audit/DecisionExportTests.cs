using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Audit;

namespace PartnerPlatform.Web.Tests.Audit;

public class DecisionExportTests
{
    private const int PageSize = 500;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1234, false)]
    [InlineData(DecisionExport.Most, false)]
    [InlineData(DecisionExport.Most + 1, true)]
    public async Task All_pages_are_exported_and_what_is_cut_is_told(int decisions, bool cut)
    {
        var export = await DecisionExport.Collect(after => Task.FromResult(Page(after is null ? 0 : int.Parse(after, System.Globalization.CultureInfo.InvariantCulture), decisions)));
        Assert.Equal(Math.Min(decisions, DecisionExport.Most), export.Entries.Select(e => e.Sequence).Distinct().Count());
        Assert.Equal(cut, export.Cut);
    }

    private static Page<AuditEntry> Page(int from, int all)
    {
        var end = Math.Min(from + PageSize, all);
        return new(
            [.. Enumerable.Range(from, end - from).Select(i => new AuditEntry(i, "zone-1", "topic_shared", DateTimeOffset.UnixEpoch, null, null, null, null, null))],
            new(end < all, $"{end}"), null);
    }
}
