using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Aliases;

/// <summary>How long a name works on after the topic got another; whatever comes first ends it.</summary>
/// <param name="Until">A moment.</param>
/// <param name="UnusedFor">No client has used it for so long.</param>
public sealed record Grace(DateTimeOffset? Until, TimeSpan? UnusedFor)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>Null: it can be given.</summary>
    public Refusal? Check(DateTimeOffset now) =>
        Until is null && UnusedFor is null ? Refusal.Invalid("keepFormerName", "former-name-ends", "Say when the former name ends: until, unusedFor, or both.")
        : Until <= now || Until > now + Longest ? Refusal.Invalid("keepFormerName.until", "former-name-until", "It must lie in the future, and within a year.")
        : UnusedFor < Shortest || UnusedFor > Longest ? Refusal.Invalid("keepFormerName.unusedFor", "former-name-unused", "It must be from one minute to a year.")
        : null;
}

/// <summary>What a shared topic was called before; it works on, beside the name of now.</summary>
/// <param name="Since">When it was given up.</param>
public sealed record FormerName(string Name, DateTimeOffset Since, DateTimeOffset? Until, TimeSpan? UnusedFor)
{
    public static FormerName? Of(string name, DateTimeOffset now, Grace? grace) => grace is null ? null : new(name, now, grace.Until, grace.UnusedFor);

    /// <summary>Whether a topic may get another name now; null: it may.</summary>
    public static Refusal? CheckRename(FormerName? former, string newName, Grace? grace, DateTimeOffset now) =>
        Names.CheckTopic(newName, "newName") ?? grace?.Check(now)
        ?? (former is not null && former.Name != newName
            ? new Refusal(Codes.InUse, $"The former name '{former.Name}' still works; a topic has two names at most. End it first.", "newName", "one-former-name")
            : null);
}
