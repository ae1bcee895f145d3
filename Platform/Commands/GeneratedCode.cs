namespace PartnerPlatform.Platform.Commands;

/// <summary>Where <c>codegen write</c> puts the handlers' code: the project's folder, whatever the working directory.</summary>
public static class GeneratedCode
{
    public static string Path(string contentRoot) => System.IO.Path.Combine(contentRoot, "Generated");
}
