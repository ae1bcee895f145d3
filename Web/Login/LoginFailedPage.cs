namespace PartnerPlatform.Web.Login;

/// <summary>Shown when a log-in does not come to its end; there is nobody yet whom a page of the portal could be shown to.</summary>
public static class LoginFailedPage
{
    public const string Html = """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Log-in failed</title>
          <link rel="stylesheet" href="/css/tokens.css">
          <link rel="stylesheet" href="/css/plain.css">
        </head>
        <body>
          <main class="plain">
            <h1>The log-in did not come to its end</h1>
            <p>It took too long, was begun in another window, or was refused. Nothing has happened.</p>
            <p><a href="/">Try again</a></p>
          </main>
        </body>
        </html>
        """;
}
