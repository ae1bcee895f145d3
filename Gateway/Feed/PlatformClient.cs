using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Configuration;

namespace PartnerPlatform.Gateway.Feed;

/// <summary>What a node asks of the control plane: the feed, and somewhere to report to.</summary>
public sealed class PlatformClient(ControlPlaneOptions options, NodeTokens tokens, IHttpClientFactory http)
{
    public const string HttpClientName = "platform";

    /// <summary>Where whoever asks does not say how long it waits.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>What follows a cursor; the control plane holds the request until there is something.</summary>
    /// <exception cref="HttpRequestException">The control plane is not reachable, or refuses.</exception>
    public async Task<FeedPage> ReadFeedAsync(string? after, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, after is null ? "/feed" : "/feed?after=" + Uri.EscapeDataString(after), null, cancellationToken);
        return await answer.Content.ReadFromJsonAsync<FeedPage>(ContractJson.Options, cancellationToken) ?? throw new HttpRequestException("The feed gave no page.");
    }

    /// <exception cref="HttpRequestException">The control plane is not reachable, or refuses.</exception>
    public async Task<NodeFactsAnswer> ReportAsync(NodeFacts facts, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        using var answer = await SendAsync(HttpMethod.Post, "/nodes/facts", JsonContent.Create(facts, options: ContractJson.Options), limit.Token);
        return await answer.Content.ReadFromJsonAsync<NodeFactsAnswer>(ContractJson.Options, limit.Token) ?? throw new HttpRequestException("No answer to the node's facts.");
    }

    /// <summary>Hands on what a client decided about its virtual cluster's ACLs.</summary>
    /// <exception cref="HttpRequestException">The control plane is not reachable, or refuses the node.</exception>
    public async Task<AclChangeAnswer> ChangeAclsAsync(AclChange change, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/nodes/acls", JsonContent.Create(change, options: ContractJson.Options), cancellationToken);
        return await answer.Content.ReadFromJsonAsync<AclChangeAnswer>(ContractJson.Options, cancellationToken) ?? throw new HttpRequestException("No answer to a change of ACLs.");
    }

    /// <summary>Secrets of a cluster's connection.</summary>
    /// <exception cref="HttpRequestException">The control plane is not reachable, refuses the node, or has none.</exception>
    public async Task<ClusterSecrets> ReadClusterSecretsAsync(string clusterId, CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        using var answer = await SendAsync(HttpMethod.Get, $"/nodes/clusters/{Uri.EscapeDataString(clusterId)}/secrets", null, limit.Token);
        return await answer.Content.ReadFromJsonAsync<ClusterSecrets>(ContractJson.Options, limit.Token) ?? throw new HttpRequestException("No answer to a question for secrets.");
    }

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        return limit;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var client = http.CreateClient(HttpClientName);
        using var request = new HttpRequestMessage(method, new Uri(options.PlatformUrl, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(cancellationToken));
        var answer = await client.SendAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        var status = answer.StatusCode;
        answer.Dispose();
        if (status == HttpStatusCode.Unauthorized)
        {
            tokens.Forget();
        }

        throw new HttpRequestException($"The control plane answers {(int)status} to {path.Split('?')[0]}.", null, status);
    }
}
