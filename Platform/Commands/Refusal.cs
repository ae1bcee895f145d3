namespace PartnerPlatform.Platform.Commands;

/// <summary>Why a command was not accepted; a value, never an exception.</summary>
/// <param name="Code">Stable, see <see cref="Codes"/>.</param>
/// <param name="Field">Input field at fault, as the API names it.</param>
/// <param name="Rule">Stable name of the broken rule.</param>
/// <param name="Retriable">True: the same command may be accepted later as it is.</param>
/// <param name="ConflictingVersion">Version the stream is at, with VERSION_CONFLICT.</param>
public sealed record Refusal(
    string Code, string Message, string? Field = null, string? Rule = null, bool Retriable = false, long? ConflictingVersion = null)
{
    public static Refusal Invalid(string field, string rule, string message) => new(Codes.ValidationFailed, message, field, rule);

    public static Refusal NotFound(string what, string name, string? field = null) =>
        new(Codes.NotFound, $"There is no {what} '{name}'.", field, "exists");

    public static Refusal Taken(string what, string name, string? field = "name") =>
        new(Codes.NameTaken, $"The {what} name '{name}' is taken; names are not given twice.", field, "unique-name");

    public static Refusal InUse(string message) => new(Codes.InUse, message, Rule: "not-in-use");
}

/// <summary>Codes of refusals and errors; never renamed.</summary>
public static class Codes
{
    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string Forbidden = "FORBIDDEN";
    public const string NotFound = "NOT_FOUND";
    public const string ValidationFailed = "VALIDATION_FAILED";
    public const string NameTaken = "NAME_TAKEN";
    public const string VersionConflict = "VERSION_CONFLICT";
    public const string InUse = "IN_USE";
    public const string LimitReached = "LIMIT_REACHED";
    public const string NotPossibleNow = "NOT_POSSIBLE_NOW";
    public const string IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED";
    public const string DependencyUnavailable = "DEPENDENCY_UNAVAILABLE";
    public const string TooComplex = "TOO_COMPLEX";
    public const string BadRequest = "BAD_REQUEST";
    public const string Internal = "INTERNAL";
}
