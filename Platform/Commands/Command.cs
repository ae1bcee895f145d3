namespace PartnerPlatform.Platform.Commands;

/// <summary>What every command carries beside its own fields.</summary>
/// <param name="ChangeId">Id of this attempt to change something; correlation id of the events.</param>
/// <param name="At">The moment the decision counts from; deciders have no clock.</param>
/// <param name="IdempotencyKey">Same key from the same caller, same answer, for 24 hours.</param>
/// <param name="ExpectedVersion">Refused with VERSION_CONFLICT when the thing's stream is at another version.</param>
/// <param name="DryRun">True: decide and answer, write nothing.</param>
public sealed record Ask(
    Caller Caller, string Reason, string ChangeId, DateTimeOffset At,
    string? IdempotencyKey = null, long? ExpectedVersion = null, bool DryRun = false);

/// <summary>Something a caller wants; a record without secrets, since it may be printed.</summary>
public abstract record Command(Ask Ask);
