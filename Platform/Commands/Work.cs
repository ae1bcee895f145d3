using JasperFx.Events;
using Marten;
using Npgsql;

namespace PartnerPlatform.Platform.Commands;

/// <summary>One attempt of one command: what it reads, and what it will write in one transaction.</summary>
public sealed class Work(IDocumentSession session, NpgsqlDataSource database, Ask ask) : IAsyncDisposable
{
    private readonly List<(string Key, Refusal IfTaken)> _claims = [];

    public IDocumentSession Session => session;

    public Ask Ask => ask;

    /// <summary>Claims of this work, in order, with what a caller is told when another has one.</summary>
    public IReadOnlyList<(string Key, Refusal IfTaken)> Claims => _claims;

    /// <summary>Id of the stream that a claim belongs to.</summary>
    public async Task<string?> Owner(string claim, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select owner from platform.claims where key = $1");
        command.Parameters.Add(new() { Value = claim });
        return await command.ExecuteScalarAsync(ct) as string;
    }

    /// <summary>For a friendlier answer only: the foreign key decides.</summary>
    public async Task<bool> AnyReference(string claim, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select exists (select 1 from platform.\"references\" where claim = $1)");
        command.Parameters.Add(new() { Value = claim });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The thing a name stands for, or null when there is none that the caller may know of.</summary>
    public async Task<T?> Find<T>(string claim, CancellationToken ct) where T : class, IState<T>, IOwned =>
        await Owner(claim, ct) is { } id && await session.LoadAsync<T>(id, ct) is { } thing && ask.Caller.MaySee(thing.OrganizationId)
            ? thing
            : null;

    public Task<T?> Load<T>(string id, CancellationToken ct) where T : class, IState<T> => session.LoadAsync<T>(id, ct);

    public async Task<IEventStream<T>> Open<T>(string id, CancellationToken ct) where T : class, IState<T> =>
        await session.Events.FetchForWriting<T>(id, ct);

    /// <summary>VERSION_CONFLICT when the caller expected another version of this stream.</summary>
    public Refusal? CheckVersion<T>(IEventStream<T> stream) where T : class, IState<T> =>
        ask.ExpectedVersion is { } expected && expected != (stream.CurrentVersion ?? 0)
            ? new Refusal(Codes.VersionConflict, $"Version {expected} was expected, it is at {stream.CurrentVersion ?? 0}.",
                "expectedVersion", "expected-version", false, stream.CurrentVersion ?? 0)
            : null;

    /// <summary>A new stream; answers the state that its first events make.</summary>
    public T Start<T>(string id, Decision decision) where T : class, IState<T>
    {
        session.Events.StartStream<T>(id, decision.Events);
        var state = Fold.All<T>(null, decision.Events)!;
        state.Version = decision.Events.Count;
        return state;
    }

    /// <summary>Events on an opened stream; answers the state they lead to.</summary>
    public T Append<T>(IEventStream<T> stream, Decision decision) where T : class, IState<T>
    {
        var state = Fold.All(stream.Aggregate, decision.Events)!;
        if (decision.Events.Count > 0)
        {
            stream.AppendMany(decision.Events);
            state.Version = (int)(stream.CurrentVersion ?? 0);
        }

        return state;
    }

    /// <summary>Takes a name, or refuses the command when another has it at the moment of commit.</summary>
    public void TakeClaim(string key, string owner, Refusal ifTaken)
    {
        _claims.Add((key, ifTaken));
        session.QueueSqlCommand("insert into platform.claims (key, owner) values (?, ?)", key, owner);
    }

    /// <summary>Gives a claim back; the transaction fails while others refer to it.</summary>
    public void DropClaim(string key) => session.QueueSqlCommand("delete from platform.claims where key = ?", key);

    /// <summary>From now on the claim cannot be dropped; the transaction fails when it is gone.</summary>
    public void Refer(string owner, string claim) =>
        session.QueueSqlCommand("insert into platform.\"references\" (owner, claim) values (?, ?)", owner, claim);

    public void DropReferences(string owner) =>
        session.QueueSqlCommand("delete from platform.\"references\" where owner = ?", owner);

    public static Verdict Done<T>(T thing, Issued? issued = null) where T : class, IState<T> =>
        new(null, thing.Id, thing.Version, issued, thing);

    public ValueTask DisposeAsync() => session.DisposeAsync();
}

/// <summary>What a handler's attempt came to, before it is written.</summary>
/// <param name="Thing">State of the changed thing as it will be.</param>
public sealed record Verdict(Refusal? Refusal, string ThingId, long Version, Issued? Issued, object? Thing)
{
    public static implicit operator Verdict(Refusal refusal) => new(refusal, "", 0, null, null);
}
