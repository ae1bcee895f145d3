using Npgsql;
using NpgsqlTypes;
using PartnerPlatform.Contracts.Facts;

namespace PartnerPlatform.Platform.Sessions;

/// <summary>
/// Logins as nodes saw them. Who tried is a claim of the client; it is filed under an account when it names one, or when only one virtual cluster has
/// an account of that name. What belongs to none is kept for operators.
/// </summary>
public sealed class LoginAttempts(NpgsqlDataSource database)
{
    /// <summary>How many are kept for a virtual cluster, and of those that belong to none.</summary>
    private const int Kept = 500;

    /// <summary>How many of those that came to the same: one client that knocks all day does not hide the others.</summary>
    private const int KeptAlike = 50;

    private const int LongestText = 255;

    public const string Sql = """
        create table if not exists platform.login_attempts (
          node text not null,
          boot text not null,
          sequence bigint not null,
          at timestamptz not null,
          virtual_cluster text null,
          account text null,
          mechanism text not null,
          address text not null,
          client_id text null,
          software_name text null,
          software_version text null,
          code text not null,
          count int not null,
          primary key (node, boot, sequence));
        create index if not exists login_attempts_place_idx on platform.login_attempts (virtual_cluster, at desc, node, sequence);
        create index if not exists login_attempts_at_idx on platform.login_attempts (at);
        """;

    /// <summary>Files what a node reports; a repeat counts once.</summary>
    public async Task Record(string node, string boot, IReadOnlyList<LoginAttempt> attempts, CancellationToken ct)
    {
        if (attempts.Count == 0)
        {
            return;
        }

        await using var command = database.CreateCommand("""
            insert into platform.login_attempts
              (node, boot, sequence, at, virtual_cluster, account, mechanism, address, client_id, software_name, software_version, code, count)
            select $1, $2, a.sequence, a.at, coalesce(a.virtual_cluster, (
                select case when count(*) = 1 then min(s.data ->> 'VirtualCluster') end
                from platform.mt_doc_serviceaccount s where s.data ->> 'Name' = a.account)),
              a.account, a.mechanism, a.address, a.client_id, a.software_name, a.software_version, a.code, a.count
            from unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::int[])
              as a (sequence, at, virtual_cluster, account, mechanism, address, client_id, software_name, software_version, code, count)
            on conflict (node, boot, sequence) do update set at = excluded.at, count = greatest(login_attempts.count, excluded.count)
            """);
        command.Parameters.Add(new() { Value = node });
        command.Parameters.Add(new() { Value = boot });
        Add(a => a.Sequence, NpgsqlDbType.Bigint);
        Add(a => a.At.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        Add(a => Cut(a.VirtualCluster), NpgsqlDbType.Text);
        Add(a => Cut(a.Account), NpgsqlDbType.Text);
        Add(a => Cut(a.Mechanism), NpgsqlDbType.Text);
        Add(a => Cut(a.Client.Address), NpgsqlDbType.Text);
        Add(a => Cut(a.Client.ClientId), NpgsqlDbType.Text);
        Add(a => Cut(a.Client.SoftwareName), NpgsqlDbType.Text);
        Add(a => Cut(a.Client.SoftwareVersion), NpgsqlDbType.Text);
        Add(a => Cut(a.Code), NpgsqlDbType.Text);
        Add(a => a.Count, NpgsqlDbType.Integer);
        await command.ExecuteNonQueryAsync(ct);

        void Add<T>(Func<LoginAttempt, T> column, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = attempts.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>The newest of a virtual cluster (null: those that belong to none), and of one account if named; those that came to the same are one.</summary>
    public async Task<IReadOnlyList<FiledAttempt>> Newest(string? virtualCluster, string? account, int first, CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            select (array_agg(node order by at desc))[1], max(at), virtual_cluster, account, mechanism, address, client_id, software_name, software_version, code, sum(count)::int, min(at)
            from platform.login_attempts
            where virtual_cluster is not distinct from $1 and ($2::text is null or account = $2)
            group by virtual_cluster, account, mechanism, address, client_id, software_name, software_version, code
            order by max(at) desc, code limit $3
            """);
        command.Parameters.Add(new() { Value = (object?)virtualCluster ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)account ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = first });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var attempts = new List<FiledAttempt>();
        while (await reader.ReadAsync(ct))
        {
            attempts.Add(new FiledAttempt(
                reader.GetString(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero), Text(2), Text(3), reader.GetString(4),
                new ClientFacts(reader.GetString(5), Text(6), Text(7), Text(8)), reader.GetString(9), reader.GetInt32(10),
                new DateTimeOffset(reader.GetDateTime(11), TimeSpan.Zero)));
        }

        return attempts;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>Refused logins since a moment.</summary>
    public async Task<long> RefusedSince(DateTimeOffset from, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select coalesce(sum(count), 0)::bigint from platform.login_attempts where at >= $1 and code <> $2");
        command.Parameters.Add(new() { Value = from.ToUniversalTime() });
        command.Parameters.Add(new() { Value = LoginCodes.Succeeded });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Keeps the newest; whoever knocks all day fills no disk.</summary>
    public async Task<int> Sweep(CancellationToken ct)
    {
        await using var command = database.CreateCommand("""
            delete from platform.login_attempts a using (
              select node, boot, sequence, alike, row_number() over (partition by virtual_cluster, alike <= $2 order by at desc, node, sequence desc) as place
              from (
                select *, row_number() over (partition by virtual_cluster, account, mechanism, address, code order by at desc, node, sequence desc) as alike
                from platform.login_attempts) each_kind) ranked
            where (ranked.alike > $2 or ranked.place > $1) and a.node = ranked.node and a.boot = ranked.boot and a.sequence = ranked.sequence
            """);
        command.Parameters.Add(new() { Value = Kept });
        command.Parameters.Add(new() { Value = KeptAlike });
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static string? Cut(string? text) => Reported.Clean(text) is { } clean ? clean.Length > LongestText ? clean[..LongestText] : clean : null;
}

/// <summary>Attempts that came to the same.</summary>
/// <param name="Node">Node that saw the last of them.</param>
/// <param name="At">The last of them.</param>
/// <param name="Since">The first of them that is remembered.</param>
public sealed record FiledAttempt(
    string Node, DateTimeOffset At, string? VirtualCluster, string? Account, string Mechanism, ClientFacts Client, string Code, int Count, DateTimeOffset Since);
