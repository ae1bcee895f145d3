using PartnerPlatform.Stack.Processes;

namespace PartnerPlatform.Demo.Parts;

/// <summary>A running part of the demo.</summary>
/// <param name="Name">For the person at the terminal.</param>
/// <param name="Process">The process that runs it now.</param>
/// <param name="StopAsync">Ends it in order.</param>
/// <param name="StartAgainAsync">Starts it with the same data after it died; null = its data died with it.</param>
internal sealed record Part(string Name, Func<ManagedProcess> Process, Func<Task> StopAsync, Func<CancellationToken, Task>? StartAgainAsync);
