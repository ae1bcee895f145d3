using System.ComponentModel;
using System.Runtime.CompilerServices;
using GraphQL;
using Npgsql;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.Feed;

[GraphQLMetadata(Name = "ChangeEvent")]
[Description("A thing that changed; ask for it to see how it is now.")]
public sealed record ChangeEvent(
    [property: Description("Number in the feed; pass it as `after` to go on from here.")] long Number,
    [property: Description("When.")] DateTimeOffset At,
    [property: Description("What it is: organization, partnerZone, virtualCluster, alias, serviceAccount, accessControl, physicalCluster, node, client or person.")] string Kind,
    [property: Id, Description("Its id.")] string ThingId,
    [property: Description("Its version.")] long Version,
    [property: Description("True: it is gone.")] bool Removed,
    [property: Description("Id of the change.")] string ChangeId);

public sealed class ChangeSubscriptions
{
    private const int Batch = 200;

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("What changes, from a number on: nothing is missed over a reconnect. Without a number: from now on.")]
    public static async IAsyncEnumerable<ChangeEvent> Changes(
        [FromServices] NpgsqlDataSource database, [FromServices] FeedSignal signal, [FromServices] TimeProvider time, IResolveFieldContext context,
        [Description("Number of the last change that is known.")] long? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var caller = context.User!.ToCaller();
        var number = after ?? await Head(database, cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = signal.NextEntry;
            var batch = await Read(database, caller, number, cancellationToken);
            foreach (var change in batch)
            {
                yield return change;
                number = change.Number;
            }

            if (batch.Count == 0)
            {
                await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(5), time, cancellationToken));
            }
        }
    }

    private static async Task<long> Head(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select number from platform.feed_counter where id = 1");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task<List<ChangeEvent>> Read(NpgsqlDataSource database, Caller caller, long after, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select number, at, key, version, content is null, change_id from platform.feed
            where number > $1 and ($2 or organization_id = $3) order by number limit $4
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = caller.MaySee(null) });
        command.Parameters.Add(new() { Value = caller.OrganizationId ?? "" });
        command.Parameters.Add(new() { Value = Batch });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var changes = new List<ChangeEvent>();
        while (await reader.ReadAsync(ct))
        {
            var (kind, id) = Contracts.Feed.FeedKinds.Split(reader.GetString(2));
            changes.Add(new ChangeEvent(reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero),
                kind, id, reader.GetInt64(3), reader.GetBoolean(4), reader.GetString(5)));
        }

        return changes;
    }
}
