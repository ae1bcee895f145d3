using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Authorization.Equivalence;

/// <summary>One of the two that are asked the same: a broker with its authorizer, or the gateway before a broker without one.</summary>
/// <param name="name">For messages.</param>
/// <param name="connect">A connection of a user, logged in.</param>
public sealed class Side(string name, Func<string, Task<RawClient>> connect) : IAsyncDisposable
{
    public const string SuperUser = "admin";

    /// <summary>Errors that pass: of coordinators that are still loading, and of transactions whose end is being written.</summary>
    private static readonly short[] Passing = [14, 15, 16, 51];

    private readonly Dictionary<string, RawClient> _clients = [];
    private readonly HashSet<Guid> _madeUp = [];

    public string Name => name;

    public Dictionary<string, Guid> TopicIds { get; } = [];

    public Dictionary<string, (long Id, short Epoch)> Producers { get; } = [];

    /// <summary>The id of a topic; of one that does not exist, what the test made up.</summary>
    public Guid IdOf(string topic, Guid otherwise)
    {
        if (TopicIds.TryGetValue(topic, out var id))
        {
            return id;
        }

        _madeUp.Add(otherwise);
        return otherwise;
    }

    public string TopicOf(Guid id) =>
        id == Guid.Empty ? "none" : TopicIds.FirstOrDefault(t => t.Value == id).Key ?? (_madeUp.Contains(id) ? id.ToString() : "a new topic");

    /// <summary>Asks until the answer is not one of the passing errors; null: the connection was closed.</summary>
    public async Task<Node?> AskAsync(string user, ApiKey api, short version, Node request)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (!_clients.TryGetValue(user, out var client))
            {
                _clients[user] = client = await connect(user);
            }

            var answer = await client.TryAskAsync(api, version, request);
            if (answer is null)
            {
                await client.DisposeAsync();
                _clients.Remove(user);
                return null;
            }

            if (attempt == 50 || !Errors(answer.Body, Definitions.Apis[api].Response.Fields).Any(Passing.Contains))
            {
                return answer.Body;
            }

            await Task.Delay(100);
        }
    }

    public async Task<Node> AskAsSuperUserAsync(ApiKey api, short version, Node request) =>
        await AskAsync(SuperUser, api, version, request) ?? throw new Xunit.Sdk.XunitException($"{name}: {api} {version} of the super user ended the connection.");

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }

        _clients.Clear();
    }

    private static IEnumerable<short> Errors(Node node, List<Field> fields)
    {
        foreach (var field in fields)
        {
            switch (node.Get<object?>(field.Name))
            {
                case short error when field.Meaning == Meaning.ErrorCode:
                    yield return error;
                    break;
                case List<Node> list:
                    foreach (var error in list.SelectMany(n => Errors(n, field.Fields)))
                    {
                        yield return error;
                    }

                    break;
            }
        }
    }
}
