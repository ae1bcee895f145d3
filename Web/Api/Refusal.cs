using System.Text.Json;

namespace PartnerPlatform.Web.Api;

/// <summary>Platform's no, as it said it.</summary>
/// <param name="Code">Stable, SCREAMING_SNAKE.</param>
/// <param name="Field">Input field at fault.</param>
/// <param name="Rule">Stable name of the broken rule.</param>
public sealed record Refusal(string Code, string Message, string? Field = null, string? Rule = null)
{
    /// <summary>Platform or Identity is away: nothing was refused, and it comes back by itself.</summary>
    public const string Away = "DEPENDENCY_UNAVAILABLE";

    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string NotFound = "NOT_FOUND";

    public static Refusal OutOfReach(string what) => new(Away, what);

    /// <summary>Asked again as it is, it would be refused again, until somebody changes something.</summary>
    public bool IsSettled => Code is NotFound or "FORBIDDEN" or "VALIDATION_FAILED" or "BAD_REQUEST";

    /// <summary>What the person can do about it.</summary>
    public string Advice => Code switch
    {
        Away => "Nothing is lost. The page tries again by itself.",
        NotFound => "Check the name, or look for it with Ctrl K.",
        "FORBIDDEN" => "Your role does not include this. Ask an operator.",
        "NAME_TAKEN" => "Choose another name.",
        "VERSION_CONFLICT" => "Somebody changed it meanwhile. Look at it again, then repeat what you meant.",
        "IN_USE" => "Remove what still uses it first.",
        "LIMIT_REACHED" => "Remove something that is no longer needed first.",
        "NOT_POSSIBLE_NOW" => "Wait for what is missing, then repeat it.",
        "VALIDATION_FAILED" => "Correct the entry and repeat it.",
        "INTERNAL" => "Repeat it; if it stays so, give the trace id to whoever runs the platform.",
        _ => "Repeat it; if it stays so, ask whoever runs the platform.",
    };

    /// <param name="errors">The <c>errors</c> of a GraphQL answer.</param>
    public static Refusal Of(JsonElement errors)
    {
        var first = errors[0];
        var extensions = first.TryGetProperty("extensions", out var e) ? e : default;
        return new(
            Text(extensions, "code") ?? "INTERNAL",
            first.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "",
            Text(extensions, "field"),
            Text(extensions, "rule"));
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

public sealed class RefusedException(Refusal refusal) : Exception($"{refusal.Code}: {refusal.Message}")
{
    public Refusal Refusal { get; } = refusal;
}
