using System.Globalization;

namespace PartnerPlatform.Benchmarks;

/// <summary>Medians, and ratios to the direct way in the same run.</summary>
internal static class Report
{
    public static void Print(List<Sample> samples)
    {
        Console.WriteLine();
        Console.WriteLine("| load | way | MB/s (median) | to direct | gateway CPU s/GB (median) |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var load in samples.GroupBy(s => s.Load))
        {
            var direct = Median(load.Where(s => s.Variant == "direct").Select(s => s.MegabytesPerSecond));
            foreach (var way in load.GroupBy(s => s.Variant))
            {
                var speed = Median(way.Select(s => s.MegabytesPerSecond));
                var cpu = way.Any(s => s.CpuSecondsPerGigabyte is null) ? "" : Median(way.Select(s => s.CpuSecondsPerGigabyte!.Value)).ToString("0.00", CultureInfo.InvariantCulture);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {load.Key} | {way.Key} | {speed:0} | {speed / direct:0.00} | {cpu} |"));
            }
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
