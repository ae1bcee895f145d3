using System.Text.Json;
using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Api;

namespace PartnerPlatform.Demo.Seeding;

/// <summary>The GraphQL documents beside this file.</summary>
internal static class Documents
{
    /// <param name="document">Name of the file, without its ending.</param>
    /// <returns>The <c>data</c>.</returns>
    public static Task<JsonElement> SendAsync(this GraphQLClient api, string document, object variables, CancellationToken cancellation) =>
        api.SendAsync(document, Read(document), variables, cancellation);

    private static string Read(string document)
    {
        using var stream = typeof(Documents).Assembly.GetManifestResourceStream(document) ?? throw new StackException($"No GraphQL document {document}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
