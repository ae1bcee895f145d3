using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Graph;

public sealed class DemoTests
{
    /// <summary>What a demo or a script sends, in this order; repeated as it is, each answers the same (idempotency keys).</summary>
    private static readonly string[] Documents =
    [
        """mutation { registerPhysicalCluster(input: {name: "main", reason: "demo", idempotencyKey: "demo-main"}) { physicalCluster { id name } change { id feedNumber } } }""",
        """mutation { registerNode(input: {name: "gateway-1", reason: "demo", idempotencyKey: "demo-gateway-1"}) { clientId clientSecret change { id } } }""",
        """mutation { createOrganization(input: {name: "acme", displayName: "Acme", reason: "demo", idempotencyKey: "demo-acme"}) { organization { id name } } }""",
        """
        mutation { createPartnerZone(input: {name: "acme", organization: "acme", physicalCluster: "main", serviceAccounts: ["acme-app"], topics: [
          {name: "orders", physicalTopic: "sales.orders.v1", permission: READ}, {name: "returns", physicalTopic: "sales.returns.v1", permission: WRITE}],
          reason: "demo", idempotencyKey: "demo-zone-acme"}) { partnerZone { id name status missing virtualClusterName } change { id version feedNumber } } }
        """,
        """mutation { issueToken(input: {virtualCluster: "acme", serviceAccount: "acme-app", lifetime: "P30D", reason: "demo"}) { tokenId token expiresAt change { id feedNumber } } }""",
        """mutation { createServiceAccount(input: {virtualCluster: "acme", name: "second", reason: "demo"}) { serviceAccount { id name } change { feedNumber } } }""",
        """mutation { shareTopic(input: {zone: "acme", name: "invoices", physicalTopic: "sales.invoices.v1", permission: READ_WRITE, reason: "demo"}) { partnerZone { status missing } change { feedNumber } } }""",
        """
        mutation { grantAccess(input: {virtualCluster: "acme", bindings: [{resourceType: TRANSACTIONAL_ID, resourceName: "*", principal: "User:acme-app", operation: ALL}],
          reason: "demo"}) { accessControl { bindings { resourceType operation principal } } } }
        """,
        """
        mutation { withdrawTopic(input: {zone: "acme", name: "returns", reason: "demo", awaitEnforcement: "PT1S"}) {
          partnerZone { topics { name ready } } change { feedNumber enforcement { nodes applied slowestMs outOfReach } } } }
        """,
        """mutation { revokeServiceAccount(input: {virtualCluster: "acme", name: "acme-app", reason: "demo"}) { serviceAccount { revoked } change { feedNumber } } }""",
        """mutation { createClient(input: {clientId: "acme-admin", role: PARTNER_ADMIN, organization: "acme", reason: "demo"}) { client { clientId role } secret } }""",
        """{ partnerZones(first: 10, filter: {status: PENDING}) { nodes { name missing organization { name } virtualCluster { serviceAccounts { nodes { name revoked } } } } pageInfo { hasNextPage endCursor } } }""",
        """{ partnerZone(name: "acme") { history(first: 5) { nodes { event actor reason at } } } nodes { nodes { name endpoint { advertisedHost portStart } state { lastSeen connections } } } }""",
    ];

    [Fact]
    public async Task The_documents_of_the_demo_work_as_they_are()
    {
        await using var platform = await PlatformUnderTest.Start();
        foreach (var document in Documents)
        {
            var answer = await platform.Graph(document);
            Assert.False(answer.TryGetProperty("errors", out var errors), $"{document}\n{errors}\n{platform.Log.Text}");
        }

        foreach (var document in Documents.Where(d => d.Contains("idempotencyKey", StringComparison.Ordinal)))
        {
            Assert.False((await platform.Graph(document)).TryGetProperty("errors", out var errors), errors.ToString());
        }
    }
}
