using Marten;
using Npgsql;
using PartnerPlatform.Platform.Feed;

namespace PartnerPlatform.Platform.Commands;

/// <summary>
/// Runs a handler's attempt and writes it. It saves here, not in a middleware after the handler, because a constraint speaks only at commit,
/// and what it says (NAME_TAKEN, IN_USE) is an answer, not an exception: see docs/decisions/0010-commands-through-wolverine.md.
/// </summary>
public sealed class Acceptance(IDocumentStore store, NpgsqlDataSource database, Idempotency idempotency, ILogger<Acceptance> log)
{
    private const int Attempts = 40;

    public async Task<Outcome> Run<TCommand>(
        TCommand command, Func<Work, CancellationToken, Task<Verdict>> handle, CancellationToken ct) where TCommand : Command
    {
        if (CheckAsk(command.Ask) is { } bad)
        {
            return Outcome.Refused(command.Ask, bad);
        }

        try
        {
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                if (await Attempt(command, handle, attempt, ct) is { } outcome)
                {
                    return outcome;
                }

                // Many that change one thing at once take turns; the random pause keeps them from meeting again and again.
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, Math.Min(10 * attempt, 100))), ct);
            }
        }
        catch (Exception e) when (Conflicts.IsUnavailable(e))
        {
            CommandLog.DatabaseAway(log, typeof(TCommand).Name, e.GetType().Name);
            return Outcome.Refused(command.Ask, new Refusal(
                Codes.DependencyUnavailable, "The database is away. Repeat the command with the same idempotencyKey.", Retriable: true));
        }

        return Outcome.Refused(command.Ask, new Refusal(Codes.VersionConflict, "Others change the same thing. Try again.", Retriable: true));
    }

    private async Task<Outcome?> Attempt<TCommand>(
        TCommand command, Func<Work, CancellationToken, Task<Verdict>> handle, int attempt, CancellationToken ct) where TCommand : Command
    {
        var ask = command.Ask;
        var hash = Idempotency.Hash(command);
        if (await idempotency.Find(ask, hash, ct) is { } earlier)
        {
            return earlier;
        }

        var feed = new FeedListener(ask);
        await using var work = new Work(OpenSession(ask, feed), database, ask);
        var verdict = await handle(work, ct);
        if (verdict.Refusal is { } refusal)
        {
            return Outcome.Refused(ask, refusal);
        }

        var outcome = new Outcome(ask.ChangeId, verdict.ThingId, verdict.Version, 0, false, ask.DryRun, false, ask.At, verdict.Issued)
        {
            Thing = verdict.Thing,
        };
        if (ask.DryRun)
        {
            return outcome;
        }

        idempotency.Queue(work.Session, ask, hash, outcome);
        try
        {
            // Not the caller's token: a request that is cancelled must not leave it open whether its command counts.
            await work.Session.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception e) when (Conflicts.Of(e) is { } conflict)
        {
            CommandLog.Lost(log, typeof(TCommand).Name, conflict.ToString(), attempt);
            if (await idempotency.Find(ask, hash, CancellationToken.None) is { } meanwhile)
            {
                return meanwhile;
            }

            return conflict switch
            {
                Conflict.Claim => await Taken(work) is { } taken ? Outcome.Refused(ask, taken) : null,
                Conflict.Reference when attempt >= 3 => Outcome.Refused(ask, Refusal.InUse("Others refer to it.")),
                _ => null,
            };
        }

        return outcome with { FeedNumber = feed.LastNumber, ForGateways = feed.ForGateways };
    }

    private IDocumentSession OpenSession(Ask ask, FeedListener feed)
    {
        var session = store.LightweightSession(new Marten.Services.SessionOptions().ListenAt(feed));
        session.LastModifiedBy = ask.Caller.Name;
        session.CorrelationId = ask.ChangeId;
        session.CausationId = ask.IdempotencyKey ?? ask.ChangeId;
        session.SetHeader("reason", ask.Reason);
        session.SetHeader("role", ask.Caller.Role);
        if (ask.Caller.OrganizationId is { } organization)
        {
            session.SetHeader("organization", organization);
        }

        return session;
    }

    private static async Task<Refusal?> Taken(Work work)
    {
        foreach (var (key, ifTaken) in work.Claims)
        {
            if (await work.Owner(key, CancellationToken.None) is not null)
            {
                return ifTaken;
            }
        }

        return null;
    }

    private static Refusal? CheckAsk(Ask ask)
    {
        if (string.IsNullOrWhiteSpace(ask.Reason) || ask.Reason.Length > 500)
        {
            return Refusal.Invalid("reason", "reason", "Say why, in 1 to 500 characters.");
        }

        return ask.IdempotencyKey is { } key && (key.Length is 0 or > 200 || key.Contains('\0'))
            ? Refusal.Invalid("idempotencyKey", "idempotency-key", "An idempotency key has 1 to 200 characters.")
            : null;
    }
}

internal static partial class CommandLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Command} lost a race ({Conflict}), attempt {Attempt}")]
    public static partial void Lost(ILogger log, string command, string conflict, int attempt);

    [LoggerMessage(2, LogLevel.Warning, "{Command} was not decided: the database is away ({Fault})")]
    public static partial void DatabaseAway(ILogger log, string command, string fault);
}
