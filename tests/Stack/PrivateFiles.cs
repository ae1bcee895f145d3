using System.Security.Cryptography;

namespace PartnerPlatform.Stack;

/// <summary>Files that only their owner may read, written whole or not at all.</summary>
public static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    public static void CreateFolder(string path) => Directory.CreateDirectory(path, OwnerFolder);

    public static void Write(string path, string content)
    {
        var draft = path + ".draft";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerFile }))
        using (var writer = new StreamWriter(file))
        {
            writer.Write(content);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>The secret in the file; made first when the file is not there.</summary>
    public static string ReadOrCreate(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            Write(path, make());
        }

        return File.ReadAllText(path).Trim();
    }

    /// <summary>256 random bits as base64url: no character that needs escaping in URLs, forms or connection strings.</summary>
    public static string NewSecret() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>256 random bits as base64, as key files and <c>GATEWAY_USER_POOL_SECRET_KEY</c> hold them.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
