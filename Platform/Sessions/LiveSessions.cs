using System.ComponentModel;
using GraphQL;
using Npgsql;
using NpgsqlTypes;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Sessions;

/// <summary>Which of the live sessions; null: all.</summary>
public sealed record SessionSelection(string? VirtualCluster, string? ServiceAccount, string? Node);

/// <summary>A live session and whose it is.</summary>
public sealed record SessionRow(string Node, string VirtualCluster, string ServiceAccount, LiveSession Session)
{
    public string Place => $"{Node}/{Session.Id:D19}";
}

[GraphQLMetadata(Name = "Effect")]
[Description("How many live sessions a change touches.")]
public sealed record SessionCount(
    [property: Description("Live client connections.")] int Sessions,
    [property: Description("Gateway nodes that serve them.")] int Nodes,
    [property: Description("Service accounts that they belong to.")] int Applications);

/// <summary>Sessions as nodes last reported them. A node that was not heard of for a while has none that could be told of.</summary>
public sealed class LiveSessions(NpgsqlDataSource database)
{
    private const string From = """
        from platform.node_state n
        cross join lateral jsonb_to_recordset(n.sessions) as s
          (id bigint, "serviceAccountId" text, mechanism text, client jsonb, since timestamptz, "bytesIn" bigint, "bytesOut" bigint)
        join platform.mt_doc_serviceaccount a on a.id = s."serviceAccountId"
        where n.last_seen > clock_timestamp() - interval '30 seconds'
          and ($1 or a.data ->> 'OrganizationId' = $2)
          and ($3::text is null or a.data ->> 'VirtualCluster' = $3)
          and ($4::text is null or a.data ->> 'Name' = $4)
          and ($5::text is null or n.node = $5)
        """;

    /// <summary>A page by node and id, of what the caller may know of.</summary>
    /// <param name="after">A <see cref="SessionRow.Place"/>, or null.</param>
    public async Task<IReadOnlyList<SessionRow>> List(Caller caller, SessionSelection which, string? after, int first, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"""
            select n.node, a.data ->> 'VirtualCluster', a.data ->> 'Name', s.id, s."serviceAccountId", s.mechanism, s.since, s."bytesIn", s."bytesOut",
              s.client ->> 'address', s.client ->> 'clientId', s.client ->> 'softwareName', s.client ->> 'softwareVersion'
            {From} and ($6::text is null or n.node || '/' || lpad(s.id::text, 19, '0') > $6)
            order by n.node || '/' || lpad(s.id::text, 19, '0') limit $7
            """);
        Select(command, caller, which);
        command.Parameters.Add(new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = first });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<SessionRow>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new SessionRow(reader.GetString(0), reader.GetString(1), reader.GetString(2), new LiveSession(
                reader.GetInt64(3), reader.GetString(4), reader.GetString(5),
                new ClientFacts(reader.GetString(9), Text(10), Text(11), Text(12)),
                new DateTimeOffset(reader.GetDateTime(6), TimeSpan.Zero), reader.GetInt64(7), reader.GetInt64(8))));
        }

        return rows;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    public async Task<SessionCount> Count(Caller caller, SessionSelection which, CancellationToken ct)
    {
        await using var command = database.CreateCommand($"select count(*)::int, count(distinct n.node)::int, count(distinct a.id)::int {From}");
        Select(command, caller, which);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new SessionCount(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2));
    }

    private static void Select(NpgsqlCommand command, Caller caller, SessionSelection which)
    {
        command.Parameters.Add(new() { Value = caller.MaySee(null) });
        command.Parameters.Add(new() { Value = caller.OrganizationId ?? "" });
        foreach (var value in new[] { which.VirtualCluster, which.ServiceAccount, which.Node })
        {
            command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }
    }
}
