namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>Whose turn it is: a connection that always finds bytes would keep the others of its loop waiting, so it gives way to them after a while.</summary>
internal sealed class Turns
{
    /// <summary>Bytes of one turn; some more, as a receive may bring a whole buffer.</summary>
    public const int Bytes = 1024 * 1024;

    /// <summary>Receives of one turn.</summary>
    public const int Receives = 32;

    private int _bytes;
    private int _receives;

    /// <summary>Others are to go first now.</summary>
    public bool IsOver => _bytes >= Bytes || _receives >= Receives;

    public void Took(int bytes)
    {
        _bytes += bytes;
        _receives++;
    }

    /// <summary>Others had theirs.</summary>
    public void Begin() => (_bytes, _receives) = (0, 0);
}
