using PartnerPlatform.Web.Api;
using PartnerPlatform.Web.Live;
using PartnerPlatform.Web.Login;

namespace PartnerPlatform.Web.Parts;

/// <summary>What people are called; decisions know them by an id that never changes.</summary>
public sealed class PersonNames(PlatformApi api, LiveChanges live)
{
    private const string Query = "{ users(first: 500) { nodes { id name } } }";

    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Names by id, of those whom the viewer may know of; asked for once, and again for an id not seen before.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Of(IEnumerable<string?> actors)
    {
        var strangers = actors.Where(a => a is not null && a.StartsWith("person-", StringComparison.Ordinal) && !_names.ContainsKey(a) && !_unknown.Contains(a)).ToList();
        if (strangers.Count > 0)
        {
            try
            {
                _names = (await api.Query<Answer>(Query)).Users.Nodes.Where(u => u.Name is not null).ToDictionary(u => u.Id, u => u.Name!);
                _unknown.UnionWith(strangers!);
            }
            catch (RefusedException)
            {
                // The ids serve as well; the page says by itself when Platform is away.
            }
            catch (LoginEndedException)
            {
                live.NoteLoginEnded();
            }
        }

        return _names;
    }

    private sealed record User(string Id, string? Name);

    private sealed record Answer(Page<User> Users);
}
