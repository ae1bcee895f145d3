using System.Globalization;

namespace PartnerPlatform.Stack.Processes;

/// <summary>Processes that a child of ours started, seen in /proc.</summary>
internal static class ChildProcesses
{
    public static IReadOnlyList<int> Of(int process)
    {
        var file = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task/{process.ToString(CultureInfo.InvariantCulture)}/children";
        return File.Exists(file)
            ? [.. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))]
            : [];
    }

    /// <summary>kill -9, and waits until they are gone.</summary>
    public static async Task KillAsync(IReadOnlyList<int> processes)
    {
        while (processes.Count(process => Signals.Send(process, Signal.Kill) && !IsZombie(process)) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    // Nobody may be there to reap it: in a container without an init process the entry stays.
    private static bool IsZombie(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return true;
        }
    }
}
