using System.ComponentModel;
using GraphQL;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

[Description("Where a page of a list ends.")]
public sealed record PageInfo(
    [property: Description("True when there is more after it.")] bool HasNextPage,
    [property: Description("What to pass as `after` for the next page.")] string? EndCursor);

[Description("A thing in a list, with its place.")]
public sealed record Edge<T>(
    [property: Description("The thing.")] T Node,
    [property: Description("Its place in the list; opaque.")] string Cursor) where T : class;

[Description("A page of a list.")]
public sealed record Connection<T>(
    [property: Description("The things with their places.")] IReadOnlyList<Edge<T>> Edges,
    [property: Description("Where this page ends.")] PageInfo PageInfo) where T : class
{
    /// <summary>Called only when somebody asks.</summary>
    internal Func<CancellationToken, Task<int>>? Count { get; init; }

    [Description("The things alone.")]
    public IReadOnlyList<T> Nodes => [.. Edges.Select(e => e.Node)];

    [Description("How many there are on all pages together; null where counting would cost too much.")]
    public async Task<int?> TotalCount(IResolveFieldContext context) => Count is null ? null : await Count(context.CancellationToken);
}

public static class Paging
{
    public const int Maximum = 500;

    public static int Check(int first) => first is >= 1 and <= Maximum
        ? first
        : throw new RefusedError(Refusal.Invalid("first", "page-size", $"A page has 1 to {Maximum} entries."));

    /// <param name="rows">One more than a page, if there is more.</param>
    public static Connection<T> Page<TRow, T>(IReadOnlyList<TRow> rows, int first, Func<TRow, T> view, Func<TRow, string> place) where T : class
    {
        var edges = rows.Take(first).Select(r => new Edge<T>(view(r), Encode(place(r)))).ToList();
        return new Connection<T>(edges, new PageInfo(rows.Count > first, edges.Count > 0 ? edges[^1].Cursor : null));
    }

    /// <summary>The same page, of something else.</summary>
    public static Connection<TOther> Select<T, TOther>(this Connection<T> page, Func<T, TOther> to) where T : class where TOther : class =>
        new([.. page.Edges.Select(e => new Edge<TOther>(to(e.Node), e.Cursor))], page.PageInfo);

    public static string? Decode(string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        try
        {
            return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(cursor));
        }
        catch (FormatException)
        {
            throw new RefusedError(Refusal.Invalid("after", "cursor", "This is no cursor of this list."));
        }
    }

    private static string Encode(string place) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(place));
}
