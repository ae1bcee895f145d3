using System.ComponentModel;
using GraphQL;

namespace PartnerPlatform.Platform.Graph;

/// <summary>What every mutation takes.</summary>
public abstract class MutationInput
{
    [Description("Why; it is kept with the events.")]
    public required string Reason { get; set; }

    [Description("Same key from the same caller, same answer, for 24 hours; a secret is not shown again.")]
    public string? IdempotencyKey { get; set; }

    [Description("Refused with VERSION_CONFLICT when the thing is at another version.")]
    public int? ExpectedVersion { get; set; }

    [DefaultValue(false)]
    [Description("Answers with the effect and changes nothing.")]
    public bool DryRun { get; set; }

    [Description("Wait at most this long (up to PT15S) until all nodes in reach have applied the change.")]
    public TimeSpan? AwaitEnforcement { get; set; }
}
