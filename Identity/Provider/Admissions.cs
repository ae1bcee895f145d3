using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Identity.Feed;

namespace PartnerPlatform.Identity.Provider;

/// <summary>Asks Platform to let someone in: who may log in is an event there, also when a provider outside says so.</summary>
internal sealed partial class Admissions(HttpClient http, FeedToken token, ILogger<Admissions> logger)
{
    /// <returns>One of the two.</returns>
    public async Task<(Admitted? Admitted, Refusal? Refusal)> AskAsync(Admission admission, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "people/admissions")
        {
            Content = JsonContent.Create(admission, options: ContractJson.Options),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token.Issue()) },
        };
        try
        {
            using var answer = await http.SendAsync(request, cancellation);
            if (answer.StatusCode == HttpStatusCode.Conflict)
            {
                var refused = await answer.Content.ReadFromJsonAsync<NotAdmitted>(ContractJson.Options, cancellation);
                NotAdmitted(admission.Id, refused?.Code ?? "", refused?.Message ?? "");
                return (null, refused?.Code == "FORBIDDEN" ? Refusal.Removed : Refusal.NoOrganization);
            }

            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadFromJsonAsync<Admitted>(ContractJson.Options, cancellation) ?? throw new JsonException("an answer without content"), null);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException || (failure is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            NotAsked(failure.GetBaseException().Message);
            return (null, Refusal.PlatformAway);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Platform does not let {Person} in: {Code}, {Reason}")]
    private partial void NotAdmitted(string person, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Platform cannot be asked to let someone in: {Fault}")]
    private partial void NotAsked(string fault);
}
