using System.Net.Sockets;

namespace PartnerPlatform.Contracts.Http;

/// <summary>
/// Makes a connection that is lost in the moment it was made an <see cref="HttpRequestException"/>, as callers expect of a peer that cannot be reached: .NET lets the socket's own exception through
/// when the peer is gone before the client has looked at its address.
/// </summary>
public sealed class LostConnectionHandler : DelegatingHandler
{
    /// <exception cref="HttpRequestException">The peer cannot be reached, or is gone.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (Exception lost) when (lost is SocketException or IOException)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, lost.Message, lost);
        }
    }
}
