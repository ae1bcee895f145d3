using System.Text.RegularExpressions;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Gateway.Authentication;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;

namespace PartnerPlatform.Gateway.Connections;

/// <summary>The first thing that clients ask, ApiVersions: they say what they are, and are told what they may use.</summary>
internal static partial class Greeting
{
    /// <summary>Version from which on clients say what they are.</summary>
    private const short FirstWithSoftware = 3;

    /// <param name="slot">That the client has connected to.</param>
    /// <param name="offered">Versions of ApiVersions itself.</param>
    /// <param name="facts">Gets what the client says of itself.</param>
    /// <exception cref="ConnectionRefusedException">There is nothing to offer yet.</exception>
    public static ReadOnlyMemory<byte> Answer(GatewayParts parts, int slot, RequestFrame frame, ApiDefinition definition, VersionRange offered, ref ClientFacts facts)
    {
        if (!offered.Contains(frame.Version))
        {
            // A client newer than we are: it must be able to read this, so the answer is version 0.
            return RequestFrame.Response(definition, 0, frame.CorrelationId, Offer(parts, ErrorCode.UnsupportedVersion));
        }

        var request = frame.Read(definition);
        var (software, release) = (request.Text("clientSoftwareName"), request.Text("clientSoftwareVersion"));
        if (frame.Version >= FirstWithSoftware && !(Software().IsMatch(software ?? "") && Software().IsMatch(release ?? "")))
        {
            return RequestFrame.Response(definition, frame.Version, frame.CorrelationId, Node.Of(definition.Response).Set("errorCode", (short)ErrorCode.InvalidRequest));
        }

        facts = facts with { ClientId = frame.ClientId(), SoftwareName = ReportedText.Cut(software), SoftwareVersion = ReportedText.Cut(release) };

        // A client may say whom it means to reach (KIP-1242), by ids that it knows from metadata: virtual ones.
        var node = request.Get<int>("nodeId");
        var isMistaken = (node >= 0 && node != slot) || (request.Text("clusterId") is { } cluster && !parts.ClusterIds.IsKnown(cluster));
        return RequestFrame.Response(definition, frame.Version, frame.CorrelationId, Offer(parts, isMistaken ? ErrorCode.RebootstrapRequired : ErrorCode.None));
    }

    private static Node Offer(GatewayParts parts, ErrorCode error) => parts.Offer.Answer(error) ?? throw new ConnectionRefusedException("No broker was reached yet, so there are no versions to offer.");

    /// <summary>Kafka's rule for names and versions of clients.</summary>
    [GeneratedRegex("^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Software();
}
