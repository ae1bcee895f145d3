namespace PartnerPlatform.Web.Tests.Stories;

public sealed class ClusterStory(PortalFixture portal)
{
    [Fact]
    public async Task An_operator_says_how_nodes_connect_to_a_cluster_and_reads_what_they_say()
    {
        var name = $"far-{Guid.NewGuid().ToString("N")[..6]}";
        using (var automation = new Automation(portal.Stack))
        {
            await automation.LogInAsync();
            await automation.MutateAsync("registerPhysicalCluster", new { name, reason = "a second cluster" });
        }

        await using var window = await portal.OpenAsync("OPERATOR", $"/clusters/{name}");
        var page = window.Page;
        await window.SeesAsync("as their own configuration says");
        await window.Button("Set the connection").ClickAsync();
        await page.FillAsync("#properties", "bootstrap.servers=127.0.0.1:1\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=PlainLoginModule required username=\"a\" password=\"top-secret\";");
        await window.PictureAsync("story-cluster-connection");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await window.ConfirmAsync("Set the connection", "clients of the south");
        await window.SeesAsync("kept secret");
        Assert.DoesNotContain("top-secret", await page.ContentAsync(), StringComparison.Ordinal);
        // What nodes say comes by itself.
        await Assertions.Expect(page.GetByText("gateway-1").First).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.Equal("", await window.AxeAsync());

        await window.Button("Remove the connection").ClickAsync();
        await window.ConfirmAsync("Remove the connection", "not any more");
        await window.SeesAsync("as their own configuration says");
        Assert.Empty(window.Errors);
    }
}
