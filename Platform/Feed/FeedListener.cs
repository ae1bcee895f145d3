using Marten;
using Marten.Services;
using Npgsql;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Feed;

/// <summary>
/// Listens to one session: what it changes becomes feed rows in the same transaction, by a participant that runs after everything else.
/// The batch may run again after a deadlock; the participant then simply writes again, the first time's rows are gone.
/// </summary>
public sealed class FeedListener(Ask ask) : DocumentSessionListenerBase
{
    private FeedAppend? _append;

    public long LastNumber => _append?.LastNumber ?? 0;

    public bool ForGateways { get; private set; }

    public override Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
    {
        var changes = session.PendingChanges;
        var versions = changes.Streams().ToDictionary(s => s.Key!, s => (s.ExpectedVersionOnServer ?? 0) + s.Events.Count);
        var rows = changes.Inserts().Concat(changes.Updates()).OfType<IFeedSource>()
            .Select(source => (Row: source.ToFeed(), Id: StreamOf(source)))
            .Where(x => x.Row is not null)
            .Select(x => (Row: x.Row!, Version: versions[x.Id]))
            .OrderBy(x => x.Row.Audience == Audiences.Gateway) // last, so that the change's number is one that gateways acknowledge
            .ToList();
        if (rows.Count > 0 && _append is null)
        {
            ForGateways = rows.Any(x => x.Row.Audience == Audiences.Gateway);
            _append = new FeedAppend(rows, ask);
            ((ITransactionParticipantRegistrar)session).AddTransactionParticipant(_append);
        }

        return Task.CompletedTask;
    }

    private static string StreamOf(IFeedSource source) => ((IHasStream)source).Id;

    private sealed class FeedAppend(List<(FeedRow Row, long Version)> rows, Ask ask) : ITransactionParticipant
    {
        public long LastNumber { get; private set; }

        public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
        {
            await using var command = new NpgsqlCommand(FeedTables.Append, connection, transaction);
            command.Parameters.Add(new() { Value = (long)rows.Count });
            command.Parameters.Add(new() { Value = rows.Select(x => x.Row.Key).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(x => x.Version).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(x => x.Row.Audience).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(x => x.Row.OrganizationId).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(x => FeedJson.Write(x.Row.Content)).ToArray() });
            command.Parameters.Add(new() { Value = ask.ChangeId });
            command.Parameters.Add(new() { Value = ask.Caller.Name });
            command.Parameters.Add(new() { Value = ask.IdempotencyKey ?? "" });
            LastNumber = (long)(await command.ExecuteScalarAsync(token))!;
        }
    }
}
