namespace PartnerPlatform.Gateway.Protocol;

/// <summary>Bytes that are not a valid message of their API and version. Says which rule was broken, never the bytes.</summary>
public sealed class InvalidFrameException : Exception
{
    public InvalidFrameException(string message)
        : base(message)
    {
    }

    public InvalidFrameException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
