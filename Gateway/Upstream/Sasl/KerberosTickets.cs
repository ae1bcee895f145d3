using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Upstream.Sasl;

/// <summary>
/// Where the machine's Kerberos library finds the gateway's key. It gets tickets from a client key tab by itself, and renews them in time, but is told of it by the process's environment only:
/// one key tab and one principal for all clusters (docs/decisions/0063).
/// </summary>
internal sealed partial class KerberosTickets
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly Lock Gate = new();
    private static GssapiOptions? _ofTheProcess;

    private readonly string _cluster;
    private readonly GssapiOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private byte[] _seen = [];
    private long _lookedAt;

    /// <exception cref="InvalidSettingException">The key tab cannot be used, or another cluster uses another.</exception>
    public KerberosTickets(string cluster, GssapiOptions options, TimeProvider time, ILogger logger)
    {
        (_cluster, _options, _time, _logger) = (cluster, options, time, logger);
        lock (Gate)
        {
            if (_ofTheProcess is { } other && (other.KeyTab, other.Principal) != (options.KeyTab, options.Principal))
            {
                throw new InvalidSettingException($"sasl.jaas.config of cluster {cluster} names another key tab or principal ({options.Principal}) than another cluster ({other.Principal}): one is allowed in a node.");
            }

            if (options.KeyTab is { } path && _ofTheProcess is null)
            {
                if (KeyTabProblem(path) is { } problem)
                {
                    throw new InvalidSettingException($"sasl.jaas.config of cluster {cluster}: key tab '{path}' cannot be used: {problem}.");
                }

                _ = SetVariable("KRB5_CLIENT_KTNAME", "FILE:" + path, 1);
                _ = SetVariable("KRB5CCNAME", $"MEMORY:gateway-{Environment.ProcessId}", 1);
            }

            _ofTheProcess = options;
        }
    }

    /// <summary>A key tab that has changed counts when the next ticket is due; one that is of no use is logged, and tickets live on.</summary>
    public void LookAtKeyTab()
    {
        if (_options.KeyTab is not { } path || _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < Pause)
        {
            return;
        }

        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        var problem = KeyTabProblem(path);
        var now = problem is null ? SHA256.HashData(File.ReadAllBytes(path)) : SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(problem));
        if (_seen.Length > 0 && !_seen.AsSpan().SequenceEqual(now))
        {
            if (problem is null)
            {
                LogReloaded(_cluster, path);
            }
            else
            {
                LogKept(_cluster, path, problem);
            }
        }

        _seen = now;
    }

    /// <summary>What is wrong with a key tab; null: nothing. The library takes its first entry, so that must be the principal's.</summary>
    private string? KeyTabProblem(string path)
    {
        try
        {
            var first = KeyTab.FirstPrincipal(File.ReadAllBytes(path));
            return first is null ? "it is not a key tab, or empty"
                : first == _options.Principal || first.StartsWith(_options.Principal + "@", StringComparison.Ordinal) ? null
                : $"its first entry is {first}, not {_options.Principal}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>.NET keeps a copy of the environment of its own, which native libraries do not see.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LoggerMessage(LogLevel.Information, "Key tab {Path} of physical cluster {Cluster} has changed; the next ticket is made with it")]
    private partial void LogReloaded(string cluster, string path);

    [LoggerMessage(LogLevel.Error, "Key tab {Path} of physical cluster {Cluster} has changed and cannot be used, tickets in hand stay: {Reason}")]
    private partial void LogKept(string cluster, string path, string reason);
}
