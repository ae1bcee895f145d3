using System.Globalization;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Demo.Output;

/// <summary>What the person at the terminal reads: a line a step, with the time it took.</summary>
internal static class Terminal
{
    public static Task StepAsync(string name, Func<Task<string>> step) => StepAsync(name, async () => (await step(), 0));

    /// <param name="step">Answers what to say about the outcome, and its result.</param>
    public static async Task<T> StepAsync<T>(string name, Func<Task<(string Said, T Result)>> step)
    {
        var start = TimeProvider.System.GetTimestamp();
        var (said, result) = await step();
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Console.WriteLine($"  {name,-22}{seconds,5} s   {said}");
        return result;
    }

    public static void Say(string line) => Console.WriteLine(line);

    public static void Fail(StackException failure) => Console.Error.WriteLine($"run.sh: {failure.Message.Split('\n')[0]}");
}
