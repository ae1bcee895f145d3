using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Identity.Database;
using PartnerPlatform.Identity.Feed;

namespace PartnerPlatform.Identity.Reports;

/// <summary>
/// Tells Platform what people did here: accepted an invitation, logged out everywhere. What was not told yet lies in the database, so that
/// neither a Platform that is away nor a restart loses it.
/// </summary>
internal sealed partial class PeopleReporter(
    HttpClient http, FeedToken token, IDbContextFactory<IdentityDatabase> databases, ReportSignal signal, ILogger<PeopleReporter> logger) : BackgroundService
{
    private const int Batch = 100;

    /// <summary>Another instance may have left something; and what failed is tried again.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await ReportAsync(stoppingToken))
                {
                    // There may be more than one batch.
                }

                failed = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                if (!failed)
                {
                    NotTold(failure is HttpRequestException or OperationCanceledException or NpgsqlException or DbUpdateException ? null : failure, failure.GetBaseException().Message);
                }

                failed = true;
            }

            await signal.WaitAsync(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False: there was nothing to tell.</returns>
    private async Task<bool> ReportAsync(CancellationToken cancellation)
    {
        await using var database = await databases.CreateDbContextAsync(cancellation);
        var accounts = await database.Accounts.AsNoTracking().Where(account => account.Revision > account.ReportedRevision)
            .OrderBy(account => account.PersonId).Take(Batch).ToListAsync(cancellation);
        if (accounts.Count == 0)
        {
            return false;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "people/facts")
        {
            Content = JsonContent.Create(
                accounts.Select(account => new PersonFacts(account.PersonId, account.DisplayName, account.AcceptedAt, account.EndedBefore)), options: ContractJson.Options),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token.Issue()) },
        };
        using var answer = await http.SendAsync(request, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"Platform answered {(int)answer.StatusCode} to POST /people/facts", null, answer.StatusCode);
        }

        foreach (var account in accounts)
        {
            // What changed meanwhile has a higher revision and is told next.
            await database.Accounts.Where(a => a.PersonId == account.PersonId && a.ReportedRevision < account.Revision)
                .ExecuteUpdateAsync(row => row.SetProperty(a => a.ReportedRevision, account.Revision), cancellation);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Platform was not told of people's changes, trying again: {Fault}")]
    private partial void NotTold(Exception? unexpected, string fault);
}
