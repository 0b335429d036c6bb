using System.Formats.Tar;
using System.IO.Compression;
using Fovea.Data;
using Fovea.Imaging.Folders;
using Fovea.Imaging.Png;

namespace Fovea.Imaging.Tests.Folders;

/// <summary>Archives are read as the folders that they were made of, and hostile ones are refused.</summary>
public sealed class ArchiveTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fovea-archive").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(".zip")]
    [InlineData(".tar")]
    [InlineData(".tar.gz")]
    [InlineData(".tgz")]
    public void An_archive_is_read_as_the_folder_in_it(string extension)
    {
        string folder = Path.Combine(_root, "photos");
        foreach (string part in (string[])["data/train_set", "data/test_set"])
            foreach (string name in (string[])["a", "b", "b/deep"])
                for (int i = 0; i < 3; i++)
                    Put(folder, $"{part}/{name}/{i}.png", PngEncoder.Encode(TestData.Picture(6, 5, 3, (ulong)(part.Length + name.Length + i))));
        Put(folder, "data/train_set/a/broken.png", [1, 2]);
        Put(folder, "data/train_set/a/7", PngEncoder.Encode(TestData.Picture(6, 5, 3, 99)));
        Put(folder, "__MACOSX/a/0.png", [1]);
        Put(folder, "readme.txt", [1]);
        string archive = Path.Combine(_root, "photos" + extension);
        Pack(folder, archive);
        long before = new DirectoryInfo(_root).GetFileSystemInfos("*", SearchOption.AllDirectories).Length;

        ImageFolderData expected = ImageFolder.Load(folder), actual = ImageFolder.Load(archive, new ImageFolderOptions { Threads = 4 });

        Assert.Equal(expected.Layout, actual.Layout);
        Assert.Equal(expected.Skipped, actual.Skipped);
        Assert.Equal(expected.PassedOver, actual.PassedOver);
        foreach ((FolderDataset one, FolderDataset other) in new[] { (expected.Train, actual.Train), (expected.Test!, actual.Test!) })
        {
            Assert.Equal(one.Name, other.Name);
            Assert.Equal(one.ClassNames, other.ClassNames);
            Assert.Equal(one.Count, other.Count);
            for (int i = 0; i < one.Count; i++)
            {
                Assert.Equal(one.File(i), other.File(i));
                Assert.Equal(one.Label(i), other.Label(i));
                Assert.True(one.Pixels(i).SequenceEqual(other.Pixels(i)));
            }
        }
        Assert.Equal(before, new DirectoryInfo(_root).GetFileSystemInfos("*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Names_that_lead_out_of_the_archive_links_and_second_files_are_passed_over()
    {
        byte[] image = PngEncoder.Encode(TestData.Picture(4, 4, 1));
        string path = Path.Combine(_root, "x.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (string name in (string[])["a/0.png", "b\\0.png", "../../out.png", "/root.png", "C:/x.png", "a/0.png", "a/../../y.png"])
                Add(zip, name, image);
            Add(zip, "a/link.png", "0.png"u8.ToArray()).ExternalAttributes = 0xA1FF << 16;
        }
        ImageFolderData data = ImageFolder.Load(path);
        Assert.Equal(["a", "b"], data.Train.ClassNames);
        Assert.Equal(2, data.Train.Count);
        Assert.Equal(6, data.PassedOver.Sum(files => files.Files));
        Assert.False(File.Exists(Path.Combine(_root, "..", "out.png")));
        Assert.Contains(data.PassedOver, files => files.Reason == "a link in an archive");
        Assert.Contains(data.PassedOver, files => files.Reason == "a second file of this name in the archive");
    }

    [Fact]
    public void What_unpacks_to_far_more_than_images_do_is_refused_before_it_is_unpacked()
    {
        var zeros = new byte[1 << 20];
        string zipped = Path.Combine(_root, "bomb.zip"), tarred = Path.Combine(_root, "bomb.tar.gz");
        using (var zip = ZipFile.Open(zipped, ZipArchiveMode.Create))
            for (int i = 0; i < 80; i++)
                Add(zip, $"a/{i}.png", zeros);
        using (var gzip = new GZipStream(File.Create(tarred), CompressionLevel.SmallestSize))
        using (var tar = new TarWriter(gzip))
            for (int i = 0; i < 80; i++)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"a/{i}.png") { DataStream = new MemoryStream(zeros) });
        foreach (string path in (string[])[zipped, tarred])
            Assert.Contains("no archive of images does", Assert.Throws<DataFormatException>(() => ImageFolder.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_archive_or_encrypted_is_called_what_it_is()
    {
        Fails([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive; .zip, .tar and .tar.gz are read in place");
        Fails("Rar!\x1a\x07"u8.ToArray(), "a RAR archive");
        Fails("BZh91AY"u8.ToArray(), "compressed with bzip2");
        Fails("file,label\n"u8.ToArray(), "is a file; a data set is a folder");
        using (var gzip = new GZipStream(File.Create(Path.Combine(_root, "plain.gz")), CompressionLevel.Fastest))
            gzip.Write(new byte[1000]);
        Fails(File.ReadAllBytes(Path.Combine(_root, "plain.gz")), "no .tar.gz");
        string path = Path.Combine(_root, "secret.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
            Add(zip, "a/0.png", [1, 2, 3]);
        byte[] bytes = File.ReadAllBytes(path);
        int central = bytes.AsSpan().IndexOf("PK\x01\x02"u8);
        bytes[6] |= 1;
        bytes[central + 8] |= 1;
        Fails(bytes, "encrypted; right would be an archive without a password");
        bytes = File.ReadAllBytes(path);
        Fails(bytes[..^5], "damaged or incomplete");
    }

    [Fact]
    public void Damaged_archives_give_documented_exceptions_only()
    {
        string folder = Path.Combine(_root, "f"), mutant = Path.Combine(_root, "mutant");
        foreach (string name in (string[])["a/0.png", "a/1.png", "b/0.png", "b/1.png"])
            Put(folder, name, PngEncoder.Encode(TestData.Picture(4, 4, 1)));
        var random = new Random(11);
        foreach (string extension in (string[])[".zip", ".tar", ".tar.gz"])
        {
            Pack(folder, mutant + extension);
            byte[] whole = File.ReadAllBytes(mutant + extension);
            for (int i = 0; i < 400; i++)
            {
                byte[] bytes = [.. whole];
                for (int flips = random.Next(1, 5); flips > 0; flips--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                File.WriteAllBytes(mutant, i % 8 == 0 ? bytes[..random.Next(1, bytes.Length)] : bytes);
                try
                {
                    ImageFolder.Load(mutant, new ImageFolderOptions { Threads = 1 });
                }
                catch (Exception e) when (e is DataFormatException or IOException)
                {
                }
            }
        }
    }

    private void Fails(byte[] content, string message)
    {
        string path = Path.Combine(_root, "given");
        File.WriteAllBytes(path, content);
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => ImageFolder.Load(path)).Message, StringComparison.Ordinal);
    }

    private static ZipArchiveEntry Add(ZipArchive zip, string name, byte[] content)
    {
        ZipArchiveEntry entry = zip.CreateEntry(name);
        using Stream stream = entry.Open();
        stream.Write(content);
        return entry;
    }

    private static void Pack(string folder, string archive)
    {
        if (archive.EndsWith(".zip", StringComparison.Ordinal))
            ZipFile.CreateFromDirectory(folder, archive);
        else if (archive.EndsWith(".tar", StringComparison.Ordinal))
            TarFile.CreateFromDirectory(folder, archive, includeBaseDirectory: false);
        else
            using (var gzip = new GZipStream(File.Create(archive), CompressionLevel.Optimal))
                TarFile.CreateFromDirectory(folder, gzip, includeBaseDirectory: false);
    }

    private static void Put(string root, string relative, byte[] content)
    {
        string path = Path.Combine(root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
