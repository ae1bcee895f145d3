using PartnerPlatform.Web.Parts;

namespace PartnerPlatform.Web.Nodes;

public sealed record NodeEndpoint(string ClusterId, string AdvertisedHost, int PortStart, int PortCount, string? RackId);

/// <param name="AppliedNumber">Feed number that its snapshot stands at.</param>
public sealed record NodeState(string Version, long AppliedNumber, DateTimeOffset LastSeen, int Connections);

/// <summary>A gateway node as the pages show it.</summary>
public sealed record Node(string Name, NodeEndpoint? Endpoint, NodeState? State)
{
    public const string Query = """
        { nodes(first: 200) { nodes { name endpoint { clusterId advertisedHost portStart portCount rackId } state { version appliedNumber lastSeen connections } } } }
        """;

    /// <summary>Nodes report every few seconds; one that has missed several is out of touch.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public bool InTouch(DateTimeOffset now) => State is { } state && now - state.LastSeen < Silence;

    /// <summary>Clients that it serves now; what a node that is out of touch said last is not known to be so.</summary>
    public int? Connected(DateTimeOffset now) => InTouch(now) ? State!.Connections : null;

    /// <param name="head">Highest feed number that any node has.</param>
    public bool InSync(DateTimeOffset now, long head) => InTouch(now) && State!.AppliedNumber >= head;

    public (Tone Tone, string Word) Status(DateTimeOffset now, long head) => State switch
    {
        null => (Tone.Off, "Never heard of"),
        _ when !InTouch(now) => (Tone.Bad, "Out of touch"),
        { } state when state.AppliedNumber < head => (Tone.Waiting, $"{head - state.AppliedNumber} behind"),
        _ => (Tone.Good, "In sync"),
    };

    public sealed record Answer(Api.Page<Node> Nodes);
}
