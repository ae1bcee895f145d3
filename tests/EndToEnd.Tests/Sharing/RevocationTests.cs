using System.Diagnostics;
using System.Globalization;
using PartnerPlatform.EndToEnd.Tests.Surroundings;

namespace PartnerPlatform.EndToEnd.Tests.Sharing;

public sealed class RevocationTests(EmbeddedStack embedded)
{
    private const int Rounds = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly StackUnderTest _stack = embedded.Stack;

    [Fact]
    public async Task A_revoked_account_is_cut_off_on_both_nodes_within_a_second_and_cannot_come_back()
    {
        await _stack.Api.NewPartnerAsync("cut");
        var worst = TimeSpan.Zero;
        for (var round = 0; round < Rounds; round++)
        {
            var login = await _stack.Api.NewAccountAsync("cut", $"app-{round}");
            worst = Max(worst, await CutOffAsync([login], () => _stack.Api.ChangeAsync("revokeServiceAccount", new { virtualCluster = "cut", name = login.Username })));
            foreach (var node in _stack.Nodes)
            {
                Assert.Null(await RawSession.TryOpenAsync(node, login));
            }
        }

        Measures.Report.Say($"revocation asked for -> cut off on both nodes: max of {Rounds} = {worst.TotalMilliseconds:0} ms");
        Assert.InRange(worst, TimeSpan.Zero, Limit);
    }

    [Fact]
    public async Task Many_sessions_of_a_revoked_account_end_within_a_second()
    {
        var many = Environment.GetEnvironmentVariable("MEASURE_SESSIONS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 200;
        var login = await _stack.Api.NewPartnerAsync("crowd");
        var sessions = new RawSession[many];
        await Parallel.ForAsync(0, many, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => sessions[i] = await RawSession.OpenAsync(_stack.Nodes[i % _stack.Nodes.Count], login));
        var ends = Array.ConvertAll(sessions, session => session.EndedAsync(TimeSpan.FromSeconds(20)));
        Assert.DoesNotContain(ends, end => end.IsCompleted);

        var asked = Stopwatch.GetTimestamp();
        await _stack.Api.ChangeAsync("revokeServiceAccount", new { virtualCluster = "crowd", name = login.Username });
        var time = Stopwatch.GetElapsedTime(asked, (await Task.WhenAll(ends)).Max());

        Array.ForEach(sessions, session => session.Dispose());
        Measures.Report.Say($"revocation asked for -> the last of {many} sessions on {_stack.Nodes.Count} nodes cut off: {time.TotalMilliseconds:0} ms");
        Assert.InRange(time, TimeSpan.Zero, Limit);
    }

    [Fact]
    public async Task A_running_client_of_a_revoked_account_gets_nothing_more_and_neighbours_go_on()
    {
        var login = await _stack.Api.NewPartnerAsync("running");
        var neighbour = await _stack.Api.NewAccountAsync("running", "neighbour");
        await using var reader = new RunningReader(_stack.Bootstrap, login, "orders");
        await using var writer = new RunningWriter(_stack.Bootstrap, login, "returns");
        await using var other = new RunningReader(_stack.Bootstrap, neighbour, "orders");
        await Task.WhenAll(reader.MoreAsync(TimeSpan.FromSeconds(10)), writer.MoreAsync(TimeSpan.FromSeconds(10)), other.MoreAsync(TimeSpan.FromSeconds(10)));

        await _stack.Api.ChangeAsync("revokeServiceAccount", new { virtualCluster = "running", name = login.Username });
        await Task.Delay(Limit);

        var confirmed = writer.Confirmed;
        Assert.True(await reader.IsSilentAsync(TimeSpan.FromSeconds(2)), "the revoked reader still reads");
        Assert.Equal(confirmed, writer.Confirmed);
        Assert.Contains(reader.Errors, error => error.Code == Confluent.Kafka.ErrorCode.Local_Authentication);
        await other.MoreAsync(TimeSpan.FromSeconds(5), records: 20);
    }

    [Fact]
    public async Task A_revoked_token_ends_the_sessions_made_with_it_and_no_others()
    {
        var first = await _stack.Api.NewPartnerAsync("two-tokens");
        var second = await _stack.Api.NewTokenAsync("two-tokens", "app");
        using var kept = await RawSession.OpenAsync(_stack.Nodes[0], second);

        var time = await CutOffAsync([first], () => _stack.Api.ChangeAsync("revokeToken", new { tokenId = first.TokenId }));

        Assert.InRange(time, TimeSpan.Zero, Limit);
        Assert.Null(await RawSession.TryOpenAsync(_stack.Nodes[1], first));
        using var again = await RawSession.OpenAsync(_stack.Nodes[1], second);
        await Assert.ThrowsAsync<OperationCanceledException>(() => kept.EndedAsync(TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public async Task Revoking_all_tokens_of_an_account_ends_its_sessions_and_a_new_token_works()
    {
        var first = await _stack.Api.NewPartnerAsync("rotated");
        var second = await _stack.Api.NewTokenAsync("rotated", "app");

        var time = await CutOffAsync([first, second], () => _stack.Api.ChangeAsync("revokeTokens", new { virtualCluster = "rotated", serviceAccount = "app" }));
        var third = await _stack.Api.NewTokenAsync("rotated", "app");

        Assert.InRange(time, TimeSpan.Zero, Limit);
        foreach (var node in _stack.Nodes)
        {
            Assert.Null(await RawSession.TryOpenAsync(node, first));
            Assert.Null(await RawSession.TryOpenAsync(node, second));
            using var session = await RawSession.OpenAsync(node, third);
        }
    }

    [Fact]
    public async Task A_suspended_zone_is_cut_off_and_comes_back_when_it_is_resumed()
    {
        var login = await _stack.Api.NewPartnerAsync("paused");
        await using var reader = new RunningReader(_stack.Bootstrap, login, "orders");
        await reader.MoreAsync(TimeSpan.FromSeconds(10));

        var time = await CutOffAsync([login], () => _stack.Api.ChangeAsync("suspendPartnerZone", new { zone = "paused" }));
        await Task.Delay(Limit);
        var silent = await reader.IsSilentAsync(TimeSpan.FromSeconds(1));
        await _stack.Api.EnforceAsync("resumePartnerZone", new { zone = "paused" });

        Assert.InRange(time, TimeSpan.Zero, Limit);
        Assert.True(silent, "a suspended partner still reads");
        await reader.MoreAsync(TimeSpan.FromSeconds(10), records: 20);
    }

    [Fact]
    public async Task A_withdrawn_topic_stops_for_a_running_reader_and_the_other_topic_goes_on()
    {
        var login = await _stack.Api.NewPartnerAsync("withdrawn");
        await using var reader = new RunningReader(_stack.Bootstrap, login, "orders");
        await using var writer = new RunningWriter(_stack.Bootstrap, login, "returns");
        await Task.WhenAll(reader.MoreAsync(TimeSpan.FromSeconds(10)), writer.MoreAsync(TimeSpan.FromSeconds(10)));

        await _stack.Api.EnforceAsync("withdrawTopic", new { zone = "withdrawn", name = "orders" });
        await Task.Delay(Limit / 4);

        Assert.True(await reader.IsSilentAsync(TimeSpan.FromSeconds(2)), "a withdrawn topic is still read");
        Assert.Equal(["returns"], await Clients.TopicsAsync(_stack.Bootstrap, login));
        await writer.MoreAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(writer.Refused);
    }

    /// <summary>From asking for the change to the end of the last session on either node.</summary>
    private async Task<TimeSpan> CutOffAsync(IReadOnlyList<Login> logins, Func<Task> change)
    {
        var sessions = new List<RawSession>();
        foreach (var (node, login) in _stack.Nodes.SelectMany(node => logins.Select(login => (node, login))))
        {
            sessions.Add(await RawSession.OpenAsync(node, login));
        }

        var ends = sessions.ConvertAll(session => session.EndedAsync(TimeSpan.FromSeconds(10)));
        Assert.DoesNotContain(ends, end => end.IsCompleted);
        var asked = Stopwatch.GetTimestamp();
        await change();
        var last = (await Task.WhenAll(ends)).Max();
        sessions.ForEach(session => session.Dispose());
        return Stopwatch.GetElapsedTime(asked, last);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
