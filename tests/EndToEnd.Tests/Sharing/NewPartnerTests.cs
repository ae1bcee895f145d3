using Confluent.Kafka;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Sharing;

public sealed class NewPartnerTests(EmbeddedStack embedded)
{
    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task A_new_partner_reads_and_writes_at_once_on_both_nodes_and_sees_nothing_else()
    {
        var login = await _stack.Api.NewPartnerAsync("new-partner");

        foreach (var node in _stack.Nodes)
        {
            Assert.Equal(["orders", "returns"], await Clients.TopicsAsync(node.Bootstrap, login));
            Assert.StartsWith("order ", await Clients.ReadOneAsync(node.Bootstrap, login, "orders"), StringComparison.Ordinal);
            await Clients.WriteAsync(node.Bootstrap, login, "returns", $"through {node.Name}");
        }
    }

    [Fact]
    public async Task A_topic_shared_for_reading_cannot_be_written_and_one_shared_for_writing_cannot_be_read()
    {
        var login = await _stack.Api.NewPartnerAsync("one-way");

        var refused = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => Clients.WriteAsync(_stack.Bootstrap, login, "orders", "forged"));
        await using var reader = new RunningReader(_stack.Bootstrap, login, "returns");

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, refused.Error.Code);
        await Eventually.TrueAsync("the reader is refused", TimeSpan.FromSeconds(10), () => reader.Errors.Any(error => error.Code == ErrorCode.TopicAuthorizationFailed));
        Assert.Equal(0, reader.Count);
    }

    [Fact]
    public async Task A_new_account_and_its_token_work_on_both_nodes_when_the_mutation_answers()
    {
        await _stack.Api.NewPartnerAsync("second-app");

        var second = await _stack.Api.NewAccountAsync("second-app", "second");

        foreach (var node in _stack.Nodes)
        {
            using var session = await RawSession.TryOpenAsync(node, second);
            Assert.NotNull(session);
        }
    }

    [Fact]
    public async Task A_wrong_password_and_another_partner_s_token_are_refused()
    {
        var login = await _stack.Api.NewPartnerAsync("careful");
        await _stack.Api.NewAccountAsync("careful", "other");

        Assert.Null(await RawSession.TryOpenAsync(_stack.Nodes[0], login with { Password = "guessed" }));
        Assert.Null(await RawSession.TryOpenAsync(_stack.Nodes[0], login with { Username = "other" }));
        Assert.Null(await RawSession.TryOpenAsync(_stack.Nodes[0], login with { Password = login.Password[..^4] + "AAAA" }));
        Assert.DoesNotContain(login.Password, _stack.Nodes[0].Log, StringComparison.Ordinal);
    }
}
