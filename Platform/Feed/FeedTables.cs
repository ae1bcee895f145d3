namespace PartnerPlatform.Platform.Feed;

/// <summary>
/// The counter row is updated last in each transaction and stays locked until commit: number order is commit order.
/// <c>feed</c> is append-only and never pruned (it answers "as of"); <c>feed_documents</c> holds the last row per key, for snapshots.
/// </summary>
public static class FeedTables
{
    public const string Channel = "platform_feed";
    public const string AckChannel = "platform_feed_ack";

    public const string Sql = """
        create table if not exists platform.feed_counter (
          id int primary key check (id = 1),
          number bigint not null,
          at timestamptz not null);
        insert into platform.feed_counter (id, number, at) values (1, 0, now()) on conflict do nothing;
        create table if not exists platform.feed (
          number bigint primary key,
          row_id uuid not null,
          at timestamptz not null,
          key text not null,
          version bigint not null,
          audience text not null,
          organization_id text null,
          change_id text not null,
          content jsonb null);
        create index if not exists feed_audience_idx on platform.feed (audience, number);
        create index if not exists feed_key_idx on platform.feed (key, number);
        create index if not exists feed_change_idx on platform.feed (change_id);
        create index if not exists feed_organization_idx on platform.feed (organization_id, number);
        create table if not exists platform.feed_documents (
          key text primary key,
          number bigint not null,
          at timestamptz not null,
          version bigint not null,
          audience text not null,
          content jsonb null);
        create index if not exists feed_documents_audience_idx on platform.feed_documents (audience, number) where content is not null;
        create table if not exists platform.feed_acks (
          reader text primary key,
          number bigint not null,
          at timestamptz not null);
        """;

    /// <summary>Parameters: count, keys, versions, audiences, organisations, contents, change id, caller, idempotency key.</summary>
    public const string Append = """
        with counter as (
          update platform.feed_counter set number = number + $1, at = greatest(clock_timestamp(), at) where id = 1 returning number - $1 as before, number, at
        ), entries as (
          select c.before + e.ord as number, gen_random_uuid() as row_id, c.at, e.key, e.version, e.audience, e.organization_id, e.content::jsonb as content
          from counter c, unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])
            with ordinality as e (key, version, audience, organization_id, content, ord)
        ), appended as (
          insert into platform.feed (number, row_id, at, key, version, audience, organization_id, change_id, content)
          select number, row_id, at, key, version, audience, organization_id, $7, content from entries
        ), kept as (
          insert into platform.feed_documents (key, number, at, version, audience, content)
          select key, number, at, version, audience, content from entries
          on conflict (key) do update set number = excluded.number, at = excluded.at, version = excluded.version, content = excluded.content
        ), answered as (
          update platform.idempotency i set feed_number = c.number from counter c where i.caller = $8 and i.key = $9
        )
        select number, pg_notify('platform_feed', number::text) from counter
        """;
}
