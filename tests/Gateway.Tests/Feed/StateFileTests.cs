using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Gateway.Feed;
using PartnerPlatform.Gateway.Tests.Surroundings;

namespace PartnerPlatform.Gateway.Tests.Feed;

public sealed class StateFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("state-").FullName, "state.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void What_was_saved_is_loaded()
    {
        var tenants = new Tenants().Cluster("main", 1, 2);
        File().Save(StateFile.Of("7:abc", DateTimeOffset.UnixEpoch, new byte[32], tenants.Entries));
        var loaded = File().Load()!;
        Assert.Equal(("7:abc", "physicalCluster/main"), (loaded.Cursor, Assert.Single(loaded.Documents).Key));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(_path));
    }

    [Fact]
    public void No_file_is_no_state() => Assert.Null(File().Load());

    [Fact]
    public void A_file_with_any_byte_changed_is_refused()
    {
        File().Save(StateFile.Of("7:abc", DateTimeOffset.UnixEpoch, new byte[32], new Tenants().Cluster("main", 1).Entries));
        var good = System.IO.File.ReadAllBytes(_path);
        for (var at = 0; at < good.Length; at++)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 1;
            System.IO.File.WriteAllBytes(_path, bad);
            Assert.Throws<InvalidDataException>(() => File().Load());
        }
    }

    [Fact]
    public void A_file_of_a_later_version_with_more_in_it_is_read()
    {
        File().Save(StateFile.Of("7:abc", DateTimeOffset.UnixEpoch, new byte[32], []));
        var json = System.IO.File.ReadAllText(_path).Split('\n', 2)[1].Replace("\"format\":1", "\"format\":2,\"new\":{\"a\":[1]}", StringComparison.Ordinal);
        System.IO.File.WriteAllText(_path, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json))) + "\n" + json);
        Assert.Equal(2, File().Load()!.Format);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        File().Save(StateFile.Of("1:old", DateTimeOffset.UnixEpoch, new byte[32], []));
        Directory.CreateDirectory(_path + ".new");
        Assert.ThrowsAny<Exception>(() => File().Save(StateFile.Of("2:new", DateTimeOffset.UnixEpoch, new byte[32], [])));
        Assert.Equal("1:old", File().Load()!.Cursor);
    }

    [Fact]
    public void A_large_state_is_written_with_a_part_of_its_size_in_memory()
    {
        var tenants = new Tenants();
        for (var i = 0; i < 10_000; i++)
        {
            tenants.Alias("acme", $"alias-{i}", $"sales.{new string('x', 200)}.{i}", SharePermission.Read);
        }

        var state = StateFile.Of("1:large", DateTimeOffset.UnixEpoch, new byte[32], tenants.Entries);
        File().Save(state);
        var before = GC.GetAllocatedBytesForCurrentThread();
        File().Save(state);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, new FileInfo(_path).Length / 4);
        Assert.Equal(10_000, File().Load()!.Documents.Count);
    }

    private StateFile File() => new(StateFiles.Options(_path));
}
