using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Benchmarks.Synthetic;

/// <summary>One request, sent again and again.</summary>
/// <param name="Version">Of the API.</param>
/// <param name="Bytes">Of record batches: in a request to write, in an answer when reading.</param>
/// <param name="Window">Requests under way at a time.</param>
/// <param name="Requests">In a whole measurement.</param>
/// <param name="ByTls">Also taken by variants with TLS.</param>
internal sealed record SyntheticLoad(string Name, ApiKey Api, short Version, int Bytes, int Window, int Requests, bool ByTls = false)
{
    public const int FetchBytes = 1_000_000;

    private const int ProduceBytes = 100_000;
    private const int SmallBytes = 1_000;
    private const int Pipelined = 5;

    /// <summary>Older than topic ids: the gateway changes a name before the records.</summary>
    private const short ProduceByName = 12;

    private const short ProduceById = 13;
    private const short FetchById = 17;

    /// <summary>Also what paced loads are made of.</summary>
    public static SyntheticLoad Small { get; } = new("small", ApiKey.Produce, ProduceById, SmallBytes, Pipelined, 100_000);

    public static IReadOnlyList<SyntheticLoad> Throughput { get; } =
    [
        new("produce", ApiKey.Produce, ProduceById, ProduceBytes, Pipelined, 20_000, ByTls: true),
        new("produce-single", ApiKey.Produce, ProduceById, ProduceBytes, 1, 20_000),
        new("produce-by-name", ApiKey.Produce, ProduceByName, ProduceBytes, Pipelined, 20_000),
        new("fetch", ApiKey.Fetch, FetchById, FetchBytes, Pipelined, 2_000, ByTls: true),
        new("fetch-single", ApiKey.Fetch, FetchById, FetchBytes, 1, 2_000),
        Small,
    ];

    /// <summary>A closed loop: one small request at a time.</summary>
    public static SyntheticLoad Closed { get; } = Small with { Name = "closed", Window = 1 };

    public string Describe() =>
        $"{Name}: {Api} {Version}, {Bytes / 1000} KB of records, {Window} under way";
}
