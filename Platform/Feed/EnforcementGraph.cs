using System.ComponentModel;
using System.Runtime.CompilerServices;
using GraphQL;
using Npgsql;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Access;
using PartnerPlatform.Platform.Commands;
using PartnerPlatform.Platform.Graph;

namespace PartnerPlatform.Platform.Feed;

public sealed class EnforcementSubscriptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    [AllowedFor(Roles.Operator, Roles.Auditor, Roles.PartnerAdmin)]
    [Description("How far a change has got on the gateway nodes: at once, and whenever a node has applied it, until all have or five minutes have gone.")]
    public static async IAsyncEnumerable<EnforcementView> Enforcement(
        [FromServices] NpgsqlDataSource database, [FromServices] Enforcement enforcement, [FromServices] FeedSignal signal, [FromServices] TimeProvider time,
        IResolveFieldContext context, [Id, Description("Id of the change.")] string changeId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (await Number(database, context.User!.ToCaller(), changeId, cancellationToken) is not { } number)
        {
            throw RefusedError.NotFound("change", changeId);
        }

        var start = time.GetTimestamp();
        EnforcementState? told = null;
        while (time.GetElapsedTime(start) < Longest)
        {
            var next = signal.NextAck;
            var state = await enforcement.Now(number, cancellationToken);
            if (told is null || state.Applied != told.Applied || !state.OutOfReach.SequenceEqual(told.OutOfReach, StringComparer.Ordinal))
            {
                yield return new EnforcementView(told = state);
            }

            if (state.Applied == state.Nodes)
            {
                yield break;
            }

            await Task.WhenAny(next, Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Last feed entry of the change, if the caller may know of it.</summary>
    private static async Task<long?> Number(NpgsqlDataSource database, Caller caller, string changeId, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select max(number) from platform.feed where change_id = $1 and audience = $2 and ($3 or organization_id = $4)");
        command.Parameters.Add(new() { Value = changeId });
        command.Parameters.Add(new() { Value = Audiences.Gateway });
        command.Parameters.Add(new() { Value = caller.MaySee(null) });
        command.Parameters.Add(new() { Value = caller.OrganizationId ?? "" });
        return await command.ExecuteScalarAsync(ct) as long?;
    }
}
