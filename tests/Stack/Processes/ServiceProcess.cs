namespace PartnerPlatform.Stack.Processes;

/// <summary>How to start one of our services.</summary>
/// <param name="Name">For messages and the log file.</param>
/// <param name="Dll">See <see cref="Repository.Dll"/>.</param>
/// <param name="Environment">Its configuration.</param>
/// <param name="Ready">Answers 200 once it serves.</param>
/// <param name="LogFolder">Gets <c>NAME.log</c>.</param>
public sealed record ServicePlan(
    string Name, string Dll, IReadOnlyDictionary<string, string> Environment, Uri Ready, string LogFolder)
{
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whom to believe where <see cref="Ready"/> is https; null: the machine's authorities.</summary>
    public Func<HttpMessageHandler>? Trust { get; init; }

    public string LogFile => Path.Combine(LogFolder, $"{Name}.log");
}

/// <summary>One of our services as a real process; stopped, killed and started again as often as a test likes.</summary>
public sealed class ServiceProcess(ServicePlan plan) : IAsyncDisposable
{
    private readonly HttpClient _http = new(plan.Trust?.Invoke() ?? new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(5) };
    private ManagedProcess? _process;

    /// <summary>Started, and not told to end since.</summary>
    private bool _isToRun;

    public ServicePlan Plan { get; private set; } = plan;

    /// <summary>The running process.</summary>
    public ManagedProcess Process => _process ?? throw new StackException($"{Plan.Name} is not running.");

    public bool IsRunning => _process is { HasExited: false };

    public static async Task<ServiceProcess> StartAsync(ServicePlan plan, CancellationToken cancellation = default)
    {
        var service = new ServiceProcess(plan);
        await service.StartAsync(cancellation);
        return service;
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await StartUnreadyAsync();
        await WaitUntilReadyAsync(cancellation);
    }

    /// <summary>Starts it without waiting.</summary>
    public async Task StartUnreadyAsync()
    {
        if (IsRunning)
        {
            throw new StackException($"{Plan.Name} is running already.");
        }

        if (!FreePorts.IsFree(Plan.Ready.Port))
        {
            // Else whoever listens there would answer for it.
            throw new StackException($"Port {Plan.Ready.Port} of {Plan.Name} is taken by another process.");
        }

        // The working folder stays ours, for relative paths in settings; appsettings.json lies beside the dll.
        var environment = new Dictionary<string, string>(Plan.Environment) { ["ASPNETCORE_CONTENTROOT"] = Path.GetDirectoryName(Plan.Dll)! };
        _process = await ManagedProcess.StartAsync(new ProcessPlan(Plan.Name, ["dotnet", Plan.Dll], environment, Plan.LogFile));
        _isToRun = true;
    }

    public async Task WaitUntilReadyAsync(CancellationToken cancellation = default)
    {
        var process = Process;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Plan.StartLimit);
        try
        {
            while (!await IsReadyAsync(limit.Token))
            {
                if (process.HasExited)
                {
                    throw new StackException($"{Plan.Name} ended with code {process.ExitCode} while starting; {Evidence(process)}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new StackException($"{Plan.Name} was not ready after {Plan.StartLimit.TotalSeconds:0} s; {Evidence(process)}");
        }
    }

    public async Task<bool> IsReadyAsync(CancellationToken cancellation = default)
    {
        try
        {
            using var answer = await _http.GetAsync(Plan.Ready, cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>SIGTERM, then after the limit SIGKILL. True: it went by itself.</summary>
    public Task<bool> StopAsync()
    {
        _isToRun = false;
        return _process?.StopAsync(Plan.StopLimit) ?? Task.FromResult(true);
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync()
    {
        _isToRun = false;
        return _process?.KillAsync() ?? Task.CompletedTask;
    }

    /// <summary>A process that ended unasked fails whoever looks next, with its last words.</summary>
    /// <exception cref="StackException">It ended, and nobody had told it to.</exception>
    public void ThrowIfEnded()
    {
        if (_isToRun && Process is { HasExited: true } ended)
        {
            throw new StackException($"{Plan.Name} ended by itself with code {ended.ExitCode}; see {Plan.LogFile}\n{ended.LogTail(40)}");
        }
    }

    /// <summary>Stops it and starts it, with other settings when given.</summary>
    public async Task RestartAsync(IReadOnlyDictionary<string, string>? changes = null, CancellationToken cancellation = default)
    {
        await StopAsync();
        if (changes is not null)
        {
            var environment = new Dictionary<string, string>(Plan.Environment);
            foreach (var (key, value) in changes)
            {
                environment[key] = value;
            }

            Plan = Plan with { Environment = environment };
        }

        await StartAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is { } process)
        {
            await process.DisposeAsync();
        }
    }

    private string Evidence(ManagedProcess process) => $"see {Plan.LogFile}\n{process.LogTail()}";
}
