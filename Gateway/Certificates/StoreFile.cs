using System.Security.Cryptography;
using System.Text;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Certificates;

/// <summary>
/// A key or trust store that is read again when its file changes: connections made from then on use the new content, those that are there live on. A new content
/// that is of no use is logged, and the old one stays. Changes are seen by content: mounted secrets are swapped by links, whose times tell nothing.
/// </summary>
internal sealed partial class StoreFile<T>
    where T : class
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(900);

    private readonly string _owner;
    private readonly StoreOptions _options;
    private readonly Func<StoreOptions, byte[], T> _read;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _looking = new();
    private volatile T _current;
    private byte[] _seen;
    private string? _unreadable;
    private long _lookedAt;

    /// <param name="owner">Who uses it, for the log.</param>
    /// <exception cref="InvalidSettingException">The store cannot be used.</exception>
    public StoreFile(string owner, StoreOptions options, Func<StoreOptions, byte[], T> read, TimeProvider time, ILogger logger)
    {
        (_owner, _options, _read, _time, _logger) = (owner, options, read, time, logger);
        try
        {
            var content = options.Location is { } path ? File.ReadAllBytes(path) : Encoding.UTF8.GetBytes(options.Inline!.Value);
            _seen = SHA256.HashData(content);
            _current = read(options, content);
            _lookedAt = time.GetTimestamp();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidStoreException)
        {
            throw new InvalidSettingException($"{options.Setting}{(options.Location is { } path ? $" is '{path}'" : "")}: the {options.Format} store cannot be used: {e.Message}");
        }
    }

    public T Current => _current;

    /// <summary>Looks whether the file has changed, at most once a second.</summary>
    public void Look()
    {
        if (_options.Location is not { } path || _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < Pause || !_looking.TryEnter())
        {
            return;
        }

        try
        {
            Volatile.Write(ref _lookedAt, _time.GetTimestamp());
            Read(path);
        }
        finally
        {
            _looking.Exit();
        }
    }

    /// <summary>Whatever is wrong with the new content, the node goes on with the old one.</summary>
    private void Read(string path)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            var hash = SHA256.HashData(content);
            if (hash.AsSpan().SequenceEqual(_seen))
            {
                return;
            }

            _seen = hash;
            _current = _read(_options, content);
            _unreadable = null;
            LogReloaded(_owner, _options.Setting, path);
        }
        catch (Exception e)
        {
            if (_unreadable != e.Message)
            {
                _unreadable = e.Message;
                LogKept(_owner, _options.Setting, path, e.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "{Setting} of {Owner}: {Path} has changed; new connections use it")]
    private partial void LogReloaded(string owner, string setting, string path);

    [LoggerMessage(LogLevel.Error, "{Setting} of {Owner}: {Path} has changed and cannot be used, the old content stays: {Reason}")]
    private partial void LogKept(string owner, string setting, string path, string reason);
}
