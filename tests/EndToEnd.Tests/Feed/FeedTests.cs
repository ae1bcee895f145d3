using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Feed;

public sealed class FeedTests(EmbeddedStack embedded)
{
    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task A_reader_whose_cursor_this_database_never_gave_out_gets_a_snapshot()
    {
        var node = _stack.Nodes[0];
        var everything = await _stack.Api.ReadFeedAsync(node, null);
        var number = everything.Cursor.Split(':')[0];

        var foreign = await _stack.Api.ReadFeedAsync(node, $"{number}:{Guid.NewGuid()}");

        Assert.True(everything.Snapshot);
        Assert.True(foreign.Snapshot);
        Assert.Equal(StateFileUnderTest.Lines(everything.Entries), StateFileUnderTest.Lines(foreign.Entries));
    }

    [Fact]
    public async Task A_reader_that_asks_again_gets_the_same_again()
    {
        var node = _stack.Nodes[0];
        var before = await _stack.Api.ReadFeedAsync(node, null);
        await _stack.Api.NewPartnerAsync("repeated");

        var once = await _stack.Api.ReadFeedAsync(node, before.Cursor);
        var twice = await _stack.Api.ReadFeedAsync(node, before.Cursor);

        Assert.False(once.Snapshot);
        Assert.NotEmpty(once.Entries);
        Assert.Equal(once.Entries.Select(entry => (entry.Number, entry.Key, entry.Version)), twice.Entries.Take(once.Entries.Count).Select(entry => (entry.Number, entry.Key, entry.Version)));
    }
}
