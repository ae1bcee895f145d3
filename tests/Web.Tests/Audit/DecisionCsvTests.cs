using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Audit;

namespace PartnerPlatform.Web.Tests.Audit;

public class DecisionCsvTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a, \"b\"\nc", "\"a, \"\"b\"\"\nc\"")]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)")]
    [InlineData("@x", "'@x")]
    [InlineData(null, "")]
    public void A_reason_stays_one_field_and_never_becomes_a_formula(string? reason, string field)
    {
        var csv = DecisionCsv.Of([new AuditEntry(7, "zone-1", "topic_shared", new DateTimeOffset(2026, 3, 3, 14, 3, 0, TimeSpan.Zero), "operator", "operator", reason, "change-1", "{\"Name\":\"orders\"}")]);
        Assert.Equal($"sequence,at,event,thing,actor,role,reason,change,data\r\n7,2026-03-03T14:03:00.0000000Z,topic_shared,zone-1,operator,operator,{field},change-1,\"{{\"\"Name\"\":\"\"orders\"\"}}\"\r\n", csv);
    }
}
