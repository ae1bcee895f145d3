using PartnerPlatform.Stack;
using PartnerPlatform.Stack.Postgres;

namespace PartnerPlatform.Demo.State;

/// <summary>What survives from one start to the next: the folder <c>.run</c>, or the one that <c>RUN_FOLDER</c> names.</summary>
internal sealed class DemoState : IDisposable
{
    private readonly FileStream _lock;

    private DemoState(string folder, FileStream held)
    {
        Folder = folder;
        _lock = held;
    }

    public static string Usual => Path.Combine(Repository.Root, ".run");

    public static string Chosen => Environment.GetEnvironmentVariable("RUN_FOLDER") is { Length: > 0 } named ? Path.GetFullPath(named) : Usual;

    public string Folder { get; }

    /// <summary>As a person in the clone writes it.</summary>
    public string Shown => Folder.StartsWith(Repository.Root + '/', StringComparison.Ordinal) ? Path.GetRelativePath(Repository.Root, Folder) : Folder;

    public string Logs => Path.Combine(Folder, "logs");

    /// <summary>Written last, when everything serves; gone when it does not.</summary>
    public string EnvironmentFile => Path.Combine(Folder, "demo.env");

    public string DatabaseFolder => Path.Combine(Folder, "postgres");

    /// <summary>Takes the folder for this process, emptied first when asked to.</summary>
    public static async Task<DemoState> OpenAsync(string folder, bool reset)
    {
        var held = Path.Combine(folder, "lock");
        if (reset && folder != Usual && !File.Exists(held) && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new StackException($"{folder} holds what no demo has made: --reset does not empty it.");
        }

        PrivateFiles.CreateFolder(folder);
        var state = new DemoState(folder, Lock(held));
        try
        {
            if (reset)
            {
                await state.EmptyAsync();
            }

            // The clone's other users may pass through to what has rights of its own (PostgreSQL's data), and list nothing.
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            File.Delete(state.EnvironmentFile);
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    public string SecretFile(string name) => Path.Combine(Folder, "secrets", name);

    /// <summary>256 bits in base64url, made at the first start.</summary>
    public string Secret(string name) => ReadOrCreate(name, PrivateFiles.NewSecret);

    /// <summary>256 bits in base64, made at the first start.</summary>
    public string Key(string name) => ReadOrCreate(name, PrivateFiles.NewKey);

    public string? Find(string name) => File.Exists(SecretFile(name)) ? File.ReadAllText(SecretFile(name)) : null;

    public void Keep(string name, string secret)
    {
        PrivateFiles.CreateFolder(Path.Combine(Folder, "secrets"));
        PrivateFiles.Write(SecretFile(name), secret);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held)
        {
            throw new StackException($"The demo is running already in {Path.GetDirectoryName(path)}.", held);
        }
    }

    private string ReadOrCreate(string name, Func<string> make)
    {
        PrivateFiles.CreateFolder(Path.Combine(Folder, "secrets"));
        return PrivateFiles.ReadOrCreate(SecretFile(name), make);
    }

    private async Task EmptyAsync()
    {
        var elsewhere = await PostgresData.ReachableFolderAsync(await PostgresInstallation.FindAsync(), DatabaseFolder);
        foreach (var folder in Directory.GetDirectories(Folder).Append(elsewhere).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach (var file in Directory.GetFiles(Folder).Where(file => Path.GetFileName(file) is not ("lock" or "build.stamp")))
        {
            File.Delete(file);
        }
    }
}
