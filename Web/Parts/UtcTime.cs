using System.Globalization;
using PartnerPlatform.Web.Api;

namespace PartnerPlatform.Web.Parts;

/// <summary>Moments that stand in addresses.</summary>
public static class UtcTime
{
    /// <param name="field">What the address calls it.</param>
    /// <returns>Null: none is given.</returns>
    /// <exception cref="RefusedException">It is no time; nobody is to read an answer to another question.</exception>
    public static DateTimeOffset? Parse(string? text, string field) =>
        string.IsNullOrWhiteSpace(text) ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : throw new RefusedException(new Refusal("VALIDATION_FAILED", $"'{text}' is no time.", field, "time"));
}
