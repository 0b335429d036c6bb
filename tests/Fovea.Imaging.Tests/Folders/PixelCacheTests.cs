using Fovea.Imaging.Folders;

namespace Fovea.Imaging.Tests.Folders;

public sealed class PixelCacheTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-cache").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(35)]
    [InlineData(1_000)]
    [InlineData(long.MaxValue)]
    public void What_was_written_is_read_from_memory_and_disk_by_many_threads(long budget)
    {
        long left = budget;
        var cache = new PixelCache(100, 10, ref left, _root);
        Assert.Equal(Math.Max(budget - 1_000, budget == 35 ? 5 : 0), left);
        Parallel.For(0, 100, i => cache.Write(i, Bytes(i)));
        Parallel.For(0, 100, i => Assert.True(cache.Read(i, new byte[12]).SequenceEqual(Bytes(i))));
        if (!OperatingSystem.IsWindows())
            Assert.Empty(Directory.GetFiles(_root));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_of_the_disk()
    {
        long none = 0;
        string folder = Path.Combine(_root, "none");
        string message = Assert.Throws<IOException>(() => new PixelCache(1, 10, ref none, folder)).Message;
        Assert.Contains($"{folder} cannot hold the others", message, StringComparison.Ordinal);
        Assert.Contains("right would be a larger limit", message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(int index) => [.. Enumerable.Range(0, 10).Select(k => (byte)(index + 7 * k))];
}
