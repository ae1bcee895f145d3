using System.Globalization;

namespace PartnerPlatform.Platform.Feed;

/// <summary>A place in the feed: number and random id of that row, since a restored database can give the same number again.</summary>
public readonly record struct FeedCursor(long Number, Guid RowId)
{
    /// <summary>Before the first row.</summary>
    public static readonly FeedCursor Start = new(0, Guid.Empty);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}:{RowId:N}");

    public static FeedCursor? Parse(string? text)
    {
        if (text is null || text.IndexOf(':', StringComparison.Ordinal) is var colon && colon < 1)
        {
            return null;
        }

        return long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Guid.TryParse(text.AsSpan(colon + 1), out var rowId)
            ? new FeedCursor(number, rowId)
            : null;
    }
}
