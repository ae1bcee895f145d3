using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Parts;

namespace PartnerPlatform.Web.Tests.Parts;

public class UtcTimeTests
{
    [Fact]
    public void What_is_no_time_is_refused_and_not_taken_for_none()
    {
        Assert.Null(UtcTime.Parse("", "at"));
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 14, 3, 0, TimeSpan.Zero), UtcTime.Parse("2026-03-03T14:03", "at"));
        var refused = Assert.Throws<RefusedException>(() => UtcTime.Parse("yesterday", "at"));
        Assert.Equal(("VALIDATION_FAILED", "at"), (refused.Refusal.Code, refused.Refusal.Field));
    }
}
