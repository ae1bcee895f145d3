namespace PartnerPlatform.Gateway.Transport.Loops;

/// <summary>What epoll tells of a socket, and is asked for: its bits.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,
    Input = 0x1,
    Output = 0x4,
    Error = 0x8,
    HangUp = 0x10,

    /// <summary>The peer sends no more.</summary>
    InputEnds = 0x2000,

    /// <summary>Only changes are told, each once.</summary>
    Edges = 0x80000000,
}
