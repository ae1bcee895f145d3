using System.Text.Json;
using System.Text.Json.Serialization;
using OpenIddict.EntityFrameworkCore.Models;
using PartnerPlatform.Contracts.Feed;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace PartnerPlatform.Identity.Clients;

/// <summary>From a client as Platform knows it to one as OpenIddict stores it. The row's id is the document's.</summary>
internal static class ClientProjection
{
    /// <summary>Names in the row's properties.</summary>
    public const string Role = "role";
    public const string Organization = "organization";

    public static readonly string Permissions = JsonSerializer.Serialize<string[]>(
    [
        OpenIddict.Abstractions.OpenIddictConstants.Permissions.Endpoints.Token,
        OpenIddict.Abstractions.OpenIddictConstants.Permissions.Endpoints.Introspection,
        OpenIddict.Abstractions.OpenIddictConstants.Permissions.Endpoints.Revocation,
        OpenIddict.Abstractions.OpenIddictConstants.Permissions.GrantTypes.ClientCredentials,
    ]);

    public static void Apply(ClientDocument document, OpenIddictEntityFrameworkCoreApplication row)
    {
        row.ClientId = document.ClientId;
        row.ClientSecret = ClientSecrets.Pack(document.SecretHashes);
        row.ClientType = ClientTypes.Confidential;
        row.ConsentType = ConsentTypes.Implicit;
        row.Permissions = Permissions;
        row.Properties = JsonSerializer.Serialize(new ClaimValues(document.Role, document.OrganizationId), ContractJson.Options);
        row.ConcurrencyToken = Guid.NewGuid().ToString();
    }

    private sealed record ClaimValues([property: JsonPropertyName(Role)] string RoleName, [property: JsonPropertyName(Organization)] string? OrganizationId);
}
