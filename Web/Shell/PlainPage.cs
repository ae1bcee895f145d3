namespace PartnerPlatform.Web.Shell;

/// <summary>A page without a circuit, for whom no page of the portal can be shown to. Its texts are our own: nothing in them is encoded.</summary>
/// <param name="Code">Stable, SCREAMING_SNAKE; null: it is no fault.</param>
public sealed record PlainPage(int Status, string Title, string Text, string? Code = null)
{
    public string Html => $"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>{Title}</title>
          <link rel="stylesheet" href="/css/tokens.css">
          <link rel="stylesheet" href="/css/plain.css">
        </head>
        <body>
          <main class="plain">
            <h1>{Title}</h1>
            <p>{Text}</p>
            {(Code is null ? "" : $"<p><code>{Code}</code></p>")}
            <p><a href="/">Try again</a></p>
          </main>
        </body>
        </html>
        """;

    public IResult Result() => Results.Content(Html, "text/html; charset=utf-8", statusCode: Status);
}
