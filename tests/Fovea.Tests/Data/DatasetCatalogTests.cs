using System.Formats.Tar;
using System.Security.Cryptography;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public sealed class DatasetCatalogTests : IDisposable
{
    private static readonly string[] IdxNames = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_entry_can_be_fetched_and_checked()
    {
        Assert.Equal(["mnist", "fashion-mnist", "cifar10"], DatasetCatalog.Entries.Select(entry => entry.Name));
        foreach (DatasetEntry entry in DatasetCatalog.Entries)
        {
            Assert.Equal(10, entry.ClassNames.Distinct().Count());
            Assert.All(entry.Downloads, file =>
            {
                Assert.Equal("https", file.Url.Scheme);
                Assert.EndsWith("/" + file.FileName, file.Url.AbsolutePath, StringComparison.Ordinal);
                Assert.Equal(32, Convert.FromHexString(file.Sha256).Length);
                Assert.True(file.Size > 4000);
            });
            Assert.Same(entry, DatasetCatalog.Find(entry.Name.ToUpperInvariant()));
        }
    }

    [Fact]
    public void The_real_files_have_the_sizes_and_hashes_of_the_catalogue()
    {
        foreach (DatasetEntry entry in DatasetCatalog.Entries.Where(entry => entry.Name != "cifar10"))
            if (TestData.Folder(entry.Name) is { } folder)
                Assert.All(entry.Downloads, file =>
                {
                    byte[] content = File.ReadAllBytes(Path.Combine(folder, file.FileName));
                    Assert.Equal(file.Size, content.Length);
                    Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(content)));
                });
    }

    [Theory]
    [InlineData("mnist", DatasetSplit.Test, 10_000, "7")]
    [InlineData("fashion-mnist", DatasetSplit.Test, 10_000, "Ankle boot")]
    [InlineData("cifar10", DatasetSplit.Test, 10_000, null)]
    [InlineData("cifar10", DatasetSplit.Train, 20_000, null)]
    public void The_real_data_opens_by_name(string name, DatasetSplit split, int count, string? firstClass)
    {
        if (TestData.Folder(name) is not { } folder)
            return;
        var notes = new List<string>();
        IDataset data = DatasetCatalog.Open(name, split, Offline() with { SharedDirectory = Path.GetDirectoryName(folder), Note = notes.Add });
        Assert.Equal($"{name}/{(split == DatasetSplit.Train ? "train" : "test")}", data.Name);
        Assert.Equal(DatasetCatalog.Find(name).ImageShape, data.ImageShape);
        Assert.Equal(DatasetCatalog.Find(name).ClassNames, data.ClassNames);
        if (firstClass is not null)
            Assert.Equal(firstClass, data.ClassNames[data.Label(0)]);
        // The copy at hand may hold fewer training batches than were published; then there is a note, and only then.
        int published = split == DatasetSplit.Train ? DatasetCatalog.Find(name).TrainCount : DatasetCatalog.Find(name).TestCount;
        Assert.Equal(data.Count == published ? 0 : 1, notes.Count);
        Assert.True(data.Count == published || data.Count == count);
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        string message = Assert.Throws<DatasetNotFoundException>(() => DatasetCatalog.Open("mnits", DatasetSplit.Train, Offline())).Message;
        Assert.Equal("no data set is called 'mnits' (did you mean 'mnist'?); known are mnist, fashion-mnist, cifar10", message);
    }

    [Fact]
    public async Task What_is_missing_is_downloaded_once_into_the_data_directory_or_the_cache()
    {
        using LoopbackServer server = IdxServer();
        IdxEntry entry = MakeIdx(server);
        IDataset train = await DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, Online());
        Assert.Equal((30, "tiny/train"), (train.Count, train.Name));
        Assert.Equal(IdxNames.Order(), Directory.GetFiles(_folder.File("cache/tiny")).Select(Path.GetFileName).Order());
        Assert.Equal(4, server.Requests.Count);

        Assert.Equal(20, (await DatasetCatalog.OpenAsync(entry, DatasetSplit.Test, Online())).Count);
        Assert.Equal(4, server.Requests.Count);

        Assert.Equal(_folder.File("mine/tiny"), await DatasetCatalog.FetchAsync(entry, Online() with { DataDirectory = _folder.File("mine") }));
        Assert.Equal(8, server.Requests.Count);
        Assert.Equal(_folder.File("mine/tiny"), DatasetCatalog.Locate(entry, DatasetSplit.Train, Online() with { DataDirectory = _folder.File("mine") }));
        Assert.Equal(_folder.File("cache/tiny"), DatasetCatalog.Locate(entry, DatasetSplit.Train, Online()));
    }

    [Fact]
    public async Task Directories_are_searched_in_order_and_plain_files_are_as_good()
    {
        using var server = new LoopbackServer(_ => new Answer("404 Not Found", []));
        IdxEntry entry = MakeIdx(server);
        string[] roots = ["data", "shared", "cache"];
        for (int i = 0; i < roots.Length; i++)
        {
            Directory.CreateDirectory(_folder.File($"{roots[i]}/tiny"));
            File.WriteAllBytes(_folder.File($"{roots[i]}/tiny/train-images{(i == 1 ? "." : "-")}idx3-ubyte"), IdxReaderTests.Images(i + 1, 2, 2));
            File.WriteAllBytes(_folder.File($"{roots[i]}/tiny/train-labels-idx1-ubyte"), IdxReaderTests.Labels(i + 1));
        }
        DatasetOptions options = Online() with { DataDirectory = _folder.File("data"), SharedDirectory = _folder.File("shared") };
        foreach (string root in roots)
        {
            Assert.Equal(Array.IndexOf(roots, root) + 1, (await DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, options)).Count);
            Directory.Delete(_folder.File(root), recursive: true);
        }
        await Assert.ThrowsAsync<DatasetNotFoundException>(() => DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, options));
    }

    [Fact]
    public async Task A_failed_download_says_why_and_what_to_do_by_hand()
    {
        using var server = new LoopbackServer(_ => new Answer("404 Not Found", []));
        IdxEntry entry = MakeIdx(server);
        string message = (await Assert.ThrowsAsync<DatasetNotFoundException>(() => DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, Online()))).Message;
        Assert.StartsWith($"tiny is not here and cannot be downloaded: {server.Url(IdxNames[0])}: the server answers 404 Not Found; ", message, StringComparison.Ordinal);
        Assert.EndsWith($"into {_folder.File("cache/tiny")}", message, StringComparison.Ordinal);
        Assert.All(IdxNames, name => Assert.Contains(server.Url(name).ToString(), message));
        Assert.DoesNotContain('\n', message);

        message = (await Assert.ThrowsAsync<DatasetNotFoundException>(() => DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, Offline()))).Message;
        Assert.StartsWith($"tiny is not in {_folder.File("cache")}; ", message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task CIFAR_is_unpacked_from_its_archive_and_its_batches_follow_each_other()
    {
        byte[] archive = Archive(CifarFiles());
        using var server = new LoopbackServer(request => LoopbackServer.Serve(archive, request));
        CifarEntry entry = MakeCifar(server, archive);
        IDataset train = await DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, Online());
        Assert.Equal((15, "plane"), (train.Count, train.ClassNames[0]));
        Assert.Equal([0, 0, 1, 0, 1, 2], Enumerable.Range(0, 6).Select(train.Label));
        string folder = _folder.File("cache/tiny-cifar");
        Assert.Empty(Directory.GetFiles(folder));
        Assert.Equal(7, Directory.GetFiles(Path.Combine(folder, CifarEntry.Folder)).Length);

        var notes = new List<string>();
        File.Delete(Path.Combine(folder, CifarEntry.Folder, "data_batch_2.bin"));
        Assert.Equal(13, (await DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, Online() with { Note = notes.Add })).Count);
        Assert.EndsWith("lacks data_batch_2.bin", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Single(server.Requests);
        await DatasetCatalog.FetchAsync(entry, Online());
        Assert.Equal(15, (await DatasetCatalog.OpenAsync(entry, DatasetSplit.Train, Online())).Count);
    }

    [Fact]
    public void An_archive_writes_only_what_is_expected_where_it_is_expected()
    {
        string target = _folder.File("a/b");
        (string, byte[])[] hostile = [("../../escaped", [1]), (_folder.File("absolute"), [1]), ($"{CifarEntry.Folder}/../data_batch_1.bin", [1]), ("readme.html", [1])];
        Unpack(Archive([.. hostile, .. CifarFiles()]), target);
        Assert.Equal(7, Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Length);

        using var link = new MemoryStream();
        using (var writer = new TarWriter(link, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"{CifarEntry.Folder}/data_batch_1.bin") { LinkName = "/etc/passwd" });
        Assert.Contains("lacks", Refuse(IdxReaderTests.Gzip(link.ToArray()), _folder.File("c")));
        Assert.Empty(Directory.GetFiles(_folder.File("c")));
        Assert.Contains("lacks cifar-10-batches-bin/test_batch.bin", Refuse(Archive([.. CifarFiles().Where(f => !f.Item1.Contains("test"))]), target));
        Assert.Contains("at most 1048576", Refuse(Archive([("big", new byte[2 << 20])]), target));
        Assert.Contains("at most 64 entries", Refuse(Archive([.. Enumerable.Range(0, 65).Select(i => ($"{i}", Array.Empty<byte>()))]), target));
        Assert.Contains("damaged", Refuse([1, 2, 3], target));
    }

    [Fact]
    public void Damaged_archives_are_unpacked_or_refused()
    {
        byte[] archive = Archive([.. CifarFiles().Select(file => (file.Item1, file.Item2[..20]))]);
        using var plain = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(new MemoryStream(archive), System.IO.Compression.CompressionMode.Decompress))
            gzip.CopyTo(plain);
        byte[] tar = plain.ToArray();
        string target = _folder.File("target");
        int valid = 0, refused = 0;
        for (ulong number = 0; number < 1000; number++)
        {
            byte[] damaged = number % 2 == 0 ? Mutations.Mutate(archive, number, 20) : IdxReaderTests.Gzip(Mutations.Mutate(tar, number, 1024));
            try
            {
                Unpack(damaged, target);
                valid++;
            }
            catch (DataFormatException)
            {
                refused++;
            }
        }
        Assert.True(valid > 10 && refused > 10, $"{valid} valid, {refused} refused");
    }

    private DatasetOptions Online() => new()
    {
        SharedDirectory = null,
        CacheDirectory = _folder.File("cache"),
        Downloader = new Downloader { Attempts = 2, BackOff = TimeSpan.FromMilliseconds(1) },
    };

    private DatasetOptions Offline() => Online() with { Download = false };

    private static byte[] IdxContent(string name)
    {
        int count = name.StartsWith("train", StringComparison.Ordinal) ? 30 : 20;
        return IdxReaderTests.Gzip(name.Contains("images") ? IdxReaderTests.Images(count, 4, 4) : IdxReaderTests.Labels(count));
    }

    private static LoopbackServer IdxServer() => new(request => LoopbackServer.Serve(IdxContent(request.Path), request));

    private static IdxEntry MakeIdx(LoopbackServer server) => new()
    {
        Name = "tiny",
        Title = "Tiny",
        Description = "",
        ImageShape = new Shape(1, 4, 4),
        ClassNames = DatasetCatalog.Find("mnist").ClassNames,
        TrainCount = 30,
        TestCount = 20,
        Downloads = [.. IdxNames.Select(name => Download(server, name, IdxContent(name)))],
    };

    private static CifarEntry MakeCifar(LoopbackServer server, byte[] archive) => new()
    {
        Name = "tiny-cifar",
        Title = "Tiny",
        Description = "",
        ImageShape = new Shape(3, 32, 32),
        ClassNames = DatasetCatalog.Find("cifar10").ClassNames,
        TrainCount = 15,
        TestCount = 2,
        Downloads = [Download(server, "cifar.tar.gz", archive)],
    };

    private static DatasetDownload Download(LoopbackServer server, string name, byte[] content) =>
        new(name, server.Url(name), content.Length, Convert.ToHexString(SHA256.HashData(content)));

    /// <summary>Batches of 1 to 5 images, 2 to test, and names.</summary>
    private static (string, byte[])[] CifarFiles() =>
    [
        .. Enumerable.Range(1, 5).Select(i => ($"{CifarEntry.Folder}/data_batch_{i}.bin", CifarReaderTests.Records(i))),
        ($"{CifarEntry.Folder}/test_batch.bin", CifarReaderTests.Records(2)),
        ($"{CifarEntry.Folder}/batches.meta.txt", "plane\ncar\nbird\ncat\ndeer\n\n"u8.ToArray()),
    ];

    private static byte[] Archive(params (string Name, byte[] Content)[] files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
            foreach ((string name, byte[] content) in files)
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return IdxReaderTests.Gzip(tar.ToArray());
    }

    private static void Unpack(byte[] archive, string folder) => CifarEntry.Unpack(new MemoryStream(archive), "archive", folder);

    private static string Refuse(byte[] archive, string folder) =>
        Assert.Throws<DataFormatException>(() => Unpack(archive, folder)).Message;
}
