using System.Diagnostics;
using PartnerPlatform.Gateway.Connections;
using PartnerPlatform.Gateway.Protocol;
using PartnerPlatform.Gateway.Rewriting;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Security.Fuzz;

/// <summary>
/// Puts spoilt messages through what a connection does with them: header, walker or reader, rewriting, and out again. A message is refused by one of
/// the two errors that end a connection, or what leaves is whole and holds nothing foreign. One of these serves one thread.
/// </summary>
internal sealed class Fuzzer(FuzzWorld world, List<Sample> samples)
{
    private static readonly long Patience = Stopwatch.Frequency * 5;

    private readonly Walker _walker = new();
    private readonly Walker _inPieces = new();
    private readonly Walker _guardWalker = new();
    private readonly RequestVisitor _request = new();
    private readonly ResponseVisitor _response = new(world.Addresses);
    private readonly Guard[] _guards = [.. world.Tenants.Select(t => new Guard(t))];
    private readonly Dictionary<FuzzTenant, ConnectionMemory> _memory = world.Tenants.ToDictionary(t => t, _ => new ConnectionMemory());
    private readonly Dictionary<Sample, Exchange?> _asked = [];

    public long Refused { get; private set; }

    public long Passed { get; private set; }

    /// <summary>Runs one case; null: all is well.</summary>
    public string? Run(int sampleIndex, Level level, ulong seed)
    {
        var sample = samples[sampleIndex];
        var dice = new Dice(seed);
        var version = level == Level.Version || (level == Level.Made && sample.IsRequest) ? (short)(sample.Message.Versions.From + dice.Next(sample.Message.Versions.To - sample.Message.Versions.From + 1)) : sample.Version;
        var body = level == Level.Made ? Maker.Make(sample, version, ref dice) : Spoiler.Spoil(sample.Body, sample.Places, level, ref dice);
        var started = Stopwatch.GetTimestamp();
        string? wrong;
        try
        {
            wrong = sample.IsRequest ? Request(sample, version, body) : Response(sample, version, body, level, ref dice);
            Passed++;
        }
        catch (Exception e) when (e is InvalidFrameException or ConnectionRefusedException)
        {
            Refused++;
            wrong = null;
        }
        catch (Exception e)
        {
            wrong = e.ToString();
        }

        wrong ??= Stopwatch.GetTimestamp() - started > Patience ? "it took longer than five seconds" : null;
        return wrong is null ? null : $"{sample}, {level}, seed {seed}, read as v{version}: {wrong}\n{Convert.ToHexString(body)}";
    }

    /// <summary>As a client's connection reads it and hands it on.</summary>
    private string? Request(Sample sample, short version, byte[] body)
    {
        var frame = RequestFrame.Parse(RawClient.Frame(sample.Api.Key, version, 1, body));
        var exchange = sample.Tenant.Exchange(sample.Api, version, _memory[sample.Tenant]);
        byte[] out_;
        if (world.Apis.TryGetValue(sample.Api.Key, out var api))
        {
            var node = frame.Read(sample.Api);
            var answering = api.RequestAsync(exchange, node, TestContext.Current.CancellationToken).AsTask();

            // Expressions are evaluated in the pool, in less than a second.
            if (!((IAsyncResult)answering).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(10)))
            {
                return "it asks elsewhere";
            }

            if (answering.GetAwaiter().GetResult() is { } answer)
            {
                RequestFrame.Response(sample.Api, version, 1, answer);
                return null;
            }

            var writer = new WireWriter();
            MessageWriter.Write(sample.Api.Request, version, node, writer);
            out_ = writer.ToArray();
        }
        else
        {
            _request.Start(exchange);
            _walker.Run(exchange.RequestTable, frame.Body.Span, _request, allowTrailing: true);
            if (exchange.WantsFreshLook)
            {
                _request.Start(exchange, onlyUnknownIds: true);
                _walker.Run(exchange.RequestTable, frame.Body.Span, _request, allowTrailing: true);
            }

            if (exchange.Refusal != ErrorCode.None)
            {
                return null;
            }

            var writer = new WireWriter();
            Patch.Apply(frame.Body.Span[.._walker.Position], _walker.Patches, writer);
            out_ = writer.ToArray();
        }

        return _guards[Array.IndexOf(world.Tenants, sample.Tenant)].Look(_guardWalker, sample.Api.Request.Table(version), out_, body, toBroker: true);
    }

    /// <summary>As the relay reads it from the broker.</summary>
    private string? Response(Sample sample, short version, byte[] body, Level level, ref Dice dice)
    {
        if (Asked(sample) is not { } exchange)
        {
            return null;
        }

        exchange.ProtocolType = "consumer";
        var writer = new WireWriter(body.Length + 64);
        if (world.Apis.TryGetValue(sample.Api.Key, out var api))
        {
            var reader = new WireReader(body);
            var node = MessageReader.Read(sample.Api.Response, exchange.Version, ref reader);
            api.Response(exchange, sample.Tenant.View, node);
            MessageWriter.Write(sample.Api.Response, exchange.Version, node, writer);
        }
        else
        {
            var streamed = exchange.ResponseTable.IsLengthPreserving ? (byte[])body.Clone() : null;
            _response.Start(exchange, sample.Tenant.View);
            _walker.Run(exchange.ResponseTable, body, _response);
            Patch.Apply(body, _walker.Patches, writer);
            if (streamed is not null && !SameInPieces(exchange, sample.Tenant, streamed, writer.Written, ref dice))
            {
                return "in pieces it becomes other bytes than as a whole";
            }
        }

        var guard = _guards[Array.IndexOf(world.Tenants, sample.Tenant)];
        var left = writer.ToArray();
        return sample.IsReadable(level) && guard.Needle(left) is { } needle ? $"'{needle}' is in the answer {Convert.ToHexString(left)}"
            : guard.Look(_guardWalker, exchange.ResponseTable, left, body, toBroker: false);
    }

    private bool SameInPieces(Exchange exchange, FuzzTenant tenant, byte[] body, ReadOnlySpan<byte> whole, ref Dice dice)
    {
        _response.Start(exchange, tenant.View);
        _inPieces.Start(exchange.ResponseTable, body.Length, _response);
        for (int at = 0, arrived = 0; !_inPieces.IsDone;)
        {
            arrived = Math.Min(body.Length, arrived + 1 + dice.Next(200));
            at += _inPieces.Advance(body.AsSpan(at, arrived - at));
        }

        return whole.SequenceEqual(body);
    }

    /// <summary>What was asked, as it is remembered when the answer comes; null: it would not have been forwarded.</summary>
    private Exchange? Asked(Sample sample)
    {
        if (_asked.TryGetValue(sample, out var known))
        {
            return known;
        }

        var exchange = sample.Tenant.Exchange(sample.Api, sample.Version, _memory[sample.Tenant]);
        var target = new Target(sample.Tenant.Own.Shown, sample.Tenant.OwnId, "readers", "writer");
        var isForwarded = sample.Api.Key is not (ApiKey.ApiVersions or ApiKey.SaslHandshake or ApiKey.SaslAuthenticate or ApiKey.DescribeAcls or ApiKey.CreateAcls or ApiKey.DeleteAcls)
            && (!world.Apis.TryGetValue(sample.Api.Key, out var api) || api.Request(exchange, RawRequests.Of(sample.Api.Key, target)) is null);
        return _asked[sample] = isForwarded ? exchange : null;
    }
}
