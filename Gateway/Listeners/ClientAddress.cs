using System.Net;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>A client's address as ACLs and logs know it.</summary>
internal static class ClientAddress
{
    public static string Of(EndPoint? endpoint) =>
        endpoint is IPEndPoint { Address: var address } ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";
}
