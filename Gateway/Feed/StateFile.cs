using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>What a node needs to serve while the control plane is away, also across its own restart.</summary>
/// <param name="Format">Version of this record; readers take what they know and ignore the rest.</param>
/// <param name="Cursor">Feed cursor that the documents stand at.</param>
/// <param name="LastContact">When the control plane was last reached.</param>
/// <param name="TopicIdKey">Base64, 32 bytes.</param>
/// <param name="Documents">The feed's documents.</param>
/// <param name="IssuerKeys">Public signing keys of OAuth issuers, as they wrote them (JWKS), by issuer.</param>
/// <param name="ClusterSecrets">Secrets of clusters' connections, sealed, by the cluster's id.</param>
public sealed record SavedState(
    int Format, string Cursor, DateTimeOffset LastContact, string? TopicIdKey, IReadOnlyList<FeedEntry> Documents, IReadOnlyDictionary<string, string>? IssuerKeys = null,
    IReadOnlyDictionary<string, SealedClusterSecrets>? ClusterSecrets = null);

/// <summary>
/// The state file: a line with the SHA-256 of the rest, then JSON. It is replaced as a whole, so that a crash or a full disk leaves
/// the old one; readable by its owner only.
/// </summary>
public sealed class StateFile(GatewayOptions options)
{
    private const int CurrentFormat = 1;

    /// <summary>SHA-256 in hexadecimal, and the end of the line.</summary>
    private const int ChecksumLine = 65;

    public static SavedState Of(
        string cursor, DateTimeOffset lastContact, byte[]? topicIdKey, IReadOnlyList<FeedEntry> documents, IReadOnlyDictionary<string, string>? issuerKeys = null,
        IReadOnlyDictionary<string, SealedClusterSecrets>? clusterSecrets = null) =>
        new(CurrentFormat, cursor, lastContact, topicIdKey is null ? null : Convert.ToBase64String(topicIdKey), documents, issuerKeys, clusterSecrets);

    /// <summary>Null: there is none yet.</summary>
    /// <exception cref="InvalidDataException">It is damaged; says how.</exception>
    public SavedState? Load()
    {
        try
        {
            using var file = File.OpenRead(options.StateFile);
            var told = new byte[ChecksumLine];
            if (file.ReadAtLeast(told, ChecksumLine, throwOnEndOfStream: false) < ChecksumLine || !told.AsSpan().SequenceEqual(LineOf(SHA256.HashData(file))))
            {
                throw new InvalidDataException($"State file '{options.StateFile}' is damaged: its checksum does not match.");
            }

            file.Position = ChecksumLine;
            return JsonSerializer.Deserialize<SavedState>(file, ContractJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"State file '{options.StateFile}' is damaged: {e.Message}", e);
        }
    }

    /// <summary>Written piece by piece: with much in it, a node must not need as much memory again.</summary>
    /// <exception cref="IOException">The disk is full, or the folder is gone; the old file is still there.</exception>
    public void Save(SavedState state)
    {
        var path = Path.GetFullPath(options.StateFile);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            using var sha = SHA256.Create();
            file.Position = ChecksumLine;
            using (var hashed = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true))
            {
                JsonSerializer.Serialize(hashed, state, ContractJson.Options);
            }

            file.Position = 0;
            file.Write(LineOf(sha.Hash!));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Puts a damaged file aside, so that it can be looked at.</summary>
    public string PutAside()
    {
        var aside = options.StateFile + ".damaged";
        File.Move(options.StateFile, aside, overwrite: true);
        return aside;
    }

    private static byte[] LineOf(byte[] checksum) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(checksum) + "\n");
}
