namespace PartnerPlatform.Gateway.Transport;

/// <summary>
/// Gives way to other connections: what follows a receive runs on the thread that watches the sockets (docs/decisions/0069), so a connection that always finds bytes would keep
/// the others of that thread waiting.
/// </summary>
internal sealed class Turns
{
    /// <summary>Bytes that a connection may find at once in a row.</summary>
    private const int BytesInARow = 4 * 1024 * 1024;

    /// <summary>Receives that may succeed at once in a row.</summary>
    private const int ReceivesInARow = 128;

    private int _bytes;
    private int _receives;

    /// <param name="atOnce">The receive did not have to wait.</param>
    /// <returns>True: others are to go first now.</returns>
    public bool IsOver(bool atOnce, int received)
    {
        if (!atOnce)
        {
            (_bytes, _receives) = (0, 0);
            return false;
        }

        _bytes += received;
        if (_bytes < BytesInARow && ++_receives < ReceivesInARow)
        {
            return false;
        }

        (_bytes, _receives) = (0, 0);
        return true;
    }
}
