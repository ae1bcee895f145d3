using System.Globalization;
using PartnerPlatform.Benchmarks.Surroundings;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Benchmarks;

/// <summary>An argument that cannot be used; the message names it and says what is allowed.</summary>
internal sealed class InvalidArgumentException(string message) : Exception(message);

/// <summary>What shall be measured.</summary>
/// <param name="Loads">See <see cref="LoadNames"/>; no groups.</param>
/// <param name="Variants">See <see cref="VariantNames"/>.</param>
/// <param name="Rounds">Beside the first, which warms up.</param>
/// <param name="Scale">Of the usual amount of work.</param>
/// <param name="Connections">Of synthetic clients at once.</param>
/// <param name="Json">File for everything measured.</param>
internal sealed record BenchmarkOptions(HashSet<string> Loads, HashSet<string> Variants, int Rounds, double Scale, int Connections, string Json)
{
    private const int MostRounds = 1000;
    private const double LeastScale = 0.001;
    private const double MostScale = 100;
    private const int MostConnections = 1000;

    public static string Help { get; } = $"""
        dotnet run --project tests/Benchmarks -c Release -- [arguments]
        dotnet run --project tests/Benchmarks -c Release -- --walker     what rewriting costs for each message, by BenchmarkDotNet

          --loads NAMES        default {string.Join(',', LoadNames.Usual)}; or single ones:
        {string.Join('\n', LoadNames.Groups.Select(g => $"                         {g.Key} = {string.Join(',', g.Value)}"))}
          --variants NAMES     default all: {string.Join(',', VariantNames.All)}
          --rounds N           default 7: interleaved rounds, after one that warms up; figures are medians
          --scale X            default 1: share of the usual work (2 GB, 100,000 small requests, 300,000 records, 5 s paced, 10 s of fairness)
          --connections N      default 1: synthetic clients at once; for fairness, how many fetch beside the one
          --json FILE          default .run/benchmarks.json
        """;

    /// <exception cref="InvalidArgumentException">An argument is unknown, or its value is not allowed.</exception>
    public static BenchmarkOptions Parse(string[] arguments)
    {
        var options = new BenchmarkOptions(LoadNames.Expand(LoadNames.Usual), [.. VariantNames.All], 7, 1, 1, Path.Combine(Repository.Root, ".run", "benchmarks.json"));
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i];
            var value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            options = name switch
            {
                "--loads" => options with { Loads = LoadNames.Expand(Names(name, value, LoadNames.Allowed)) },
                "--variants" => options with { Variants = [.. Names(name, value, VariantNames.All)] },
                "--rounds" => options with { Rounds = (int)Number(name, value, 1, MostRounds, NumberStyles.None) },
                "--scale" => options with { Scale = Number(name, value, LeastScale, MostScale, NumberStyles.AllowDecimalPoint) },
                "--connections" => options with { Connections = (int)Number(name, value, 1, MostConnections, NumberStyles.None) },
                "--json" => options with { Json = value ?? throw new InvalidArgumentException($"{name} needs the name of a file.") },
                _ => throw new InvalidArgumentException($"{name} is unknown; allowed are --loads, --variants, --rounds, --scale, --connections, --json."),
            };
        }

        return options;
    }

    private static string[] Names(string name, string? value, string[] allowed)
    {
        var names = (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var wrong = names.Except(allowed).ToList();
        return names.Length > 0 && wrong.Count == 0
            ? names
            : throw new InvalidArgumentException($"{name} does not take '{(wrong.Count > 0 ? string.Join(',', wrong) : value)}'; allowed are, separated by commas: {string.Join(", ", allowed)}.");
    }

    private static double Number(string name, string? value, double least, double most, NumberStyles style) =>
        double.TryParse(value, style, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InvalidArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} does not take '{value}'; allowed is {(style == NumberStyles.None ? "a whole number" : "a number")} from {least} to {most}."));
}
