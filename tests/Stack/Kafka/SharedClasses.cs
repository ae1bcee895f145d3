using System.Security.Cryptography;
using System.Text;

namespace PartnerPlatform.Stack.Kafka;

/// <summary>
/// Kafka's classes as a JVM lays them out in memory, in a file that later JVMs map: brokers and tools then start for two thirds and half of the processor time. The first broker
/// of a version writes it when it is stopped. A file that no longer fits (another JVM, other jars) is not used by the JVM, and does no harm.
/// </summary>
internal sealed class SharedClasses
{
    private readonly string _file;
    private readonly string _written;

    /// <param name="script">Of Kafka: other installations have other files.</param>
    /// <param name="version">Null = the default version.</param>
    public SharedClasses(string script, string? version)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{script} {version}")))[..16];
        _file = Path.Combine(Path.GetTempPath(), $"kafka-classes-{name}.jsa");
        _written = $"{_file}.{Guid.NewGuid():N}";
    }

    public bool Exist => File.Exists(_file);

    /// <summary>Options of a JVM that uses them.</summary>
    public string Use => Exist ? $"-XX:SharedArchiveFile={_file} -Xshare:auto {Quiet}" : "";

    /// <summary>Options of a JVM that writes them when it is told to stop.</summary>
    public string Write => $"-XX:ArchiveClassesAtExit={_written} {Quiet}";

    private static string Quiet => "-Xlog:cds=off -Xlog:cds+dynamic=off";

    /// <summary>The JVM that writes them has ended.</summary>
    public void Written()
    {
        if (File.Exists(_written))
        {
            File.Move(_written, _file, overwrite: true);
        }
    }
}
