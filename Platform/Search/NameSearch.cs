using Npgsql;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Search;

/// <summary>Names of all kinds of things, straight from the read models: one statement, each kind limited by itself.</summary>
public sealed class NameSearch(NpgsqlDataSource database)
{
    /// <summary>$1 pattern, $2 text, $3 limit, $4 sees everything, $5 organisation. Kinds that belong to no organisation are the operator's.</summary>
    private const string Sql = """
        with found (kind, name, within) as (
          (select 'Organization', data ->> 'Name', data ->> 'DisplayName' from platform.mt_doc_organization
            where (data ->> 'Name' ilike $1 or data ->> 'DisplayName' ilike $1 or id = $2) and ($4 or id = $5) limit $3)
          union all
          (select 'PartnerZone', data ->> 'Name', null from platform.mt_doc_partnerzone
            where (data ->> 'Name' ilike $1 or id = $2) and ($4 or data ->> 'OrganizationId' = $5) limit $3)
          union all
          (select 'Topic', t ->> 'Name', data ->> 'Name' from platform.mt_doc_partnerzone, jsonb_array_elements(data -> 'Topics') t
            where (t ->> 'Name' ilike $1 or t ->> 'AliasId' = $2 or ($4 and t ->> 'PhysicalTopic' ilike $1))
              and ($4 or data ->> 'OrganizationId' = $5) limit $3)
          union all
          (select 'ServiceAccount', data ->> 'Name', data ->> 'VirtualCluster' from platform.mt_doc_serviceaccount
            where (data ->> 'Name' ilike $1 or id = $2) and ($4 or data ->> 'OrganizationId' = $5) limit $3)
          union all
          (select 'VirtualCluster', data ->> 'Name', null from platform.mt_doc_virtualcluster
            where (data ->> 'Name' ilike $1 or id = $2) and not (data ->> 'Removed')::boolean and ($4 or data ->> 'OrganizationId' = $5) limit $3)
          union all
          (select 'PhysicalCluster', data ->> 'Name', null from platform.mt_doc_physicalcluster where $4 and (data ->> 'Name' ilike $1 or id = $2) limit $3)
          union all
          (select 'PhysicalTopic', t.name, c.data ->> 'Name' from platform.physical_topics t join platform.mt_doc_physicalcluster c on c.id = t.cluster_id
            where $4 and t.name ilike $1 limit $3)
          union all
          (select 'Node', data ->> 'Name', null from platform.mt_doc_node
            where $4 and (data ->> 'Name' ilike $1 or id = $2) and not (data ->> 'Removed')::boolean limit $3))
        select kind, name, within from found
        order by case when lower(name) = lower($2) then 0 when name ilike $6 then 1 else 2 end, length(name), name, kind, within limit $3
        """;

    public async Task<IReadOnlyList<SearchHit>> Find(Caller caller, string text, int first, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql);
        foreach (var value in (object[])[TextPattern.Containing(text), text, first, caller.MaySee(null), caller.OrganizationId ?? "", TextPattern.Beginning(text)])
        {
            command.Parameters.Add(new() { Value = value });
        }

        var hits = new List<SearchHit>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            hits.Add(new SearchHit(Enum.Parse<SearchKind>(reader.GetString(0)), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        }

        return hits;
    }
}
