using System.Buffers.Binary;
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Fovea.Data;
using Fovea.Imaging.Folders;
using Fovea.Imaging.Png;
using Fovea.Tensors;

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
                    Put(folder, $"{part}/{name}/{i}.png", PngEncoder.Encode(TestData.Image(6, 5, 3, (ulong)(part.Length + name.Length + i))));
        Put(folder, "data/train_set/a/broken.png", [1, 2]);
        Put(folder, "data/train_set/a/7", PngEncoder.Encode(TestData.Image(6, 5, 3, 99)));
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
        byte[] image = PngEncoder.Encode(TestData.Image(4, 4, 1));
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
    public void Sizes_that_an_archive_only_claims_take_no_memory()
    {
        // Lengths that overflow when they are added up; a length that deflate cannot reach.
        string path = Path.Combine(_root, "claims.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
            foreach (string name in (string[])["a/0.png", "b/0.png"])
                Add(zip, name, PngEncoder.Encode(TestData.Image(4, 4, 1)));
        byte[] whole = File.ReadAllBytes(path);
        byte[] bytes = [.. whole];
        foreach (int at in Places(bytes, "PK\x01\x02"u8))
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + 24), 60 << 20);
        Assert.Contains("no archive of images does", Allocates(2 << 20, bytes), StringComparison.Ordinal);
        bytes = [.. whole];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Places(bytes, "PK\x01\x02"u8)[0] + 24), 60 << 20);
        Assert.Contains("the archive holds less of it than it says", Allocates(2 << 20, bytes), StringComparison.Ordinal);

        // Extended headers, long names and files of absurd sizes.
        foreach (char type in "xgLK0")
            foreach (string size in (string[])["77777777777", "17777777777", "00100000000", "\x80\0\0\0\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"])
            {
                // Of an archive's second header the reader does not check the sum.
                byte[] first = TarHeader("b/", '5', "00000000000"), header = [.. first, .. TarHeader("a/0.png", type, size)];
                header[512 + 150] ^= 1;
                Allocates(16 << 20, [.. header, .. new byte[2048]]);
                using var packed = new MemoryStream();
                using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                    gzip.Write([.. header, .. new byte[2048]]);
                Allocates(16 << 20, packed.ToArray());
            }

        // Long names in many folders.
        using var deep = new MemoryStream();
        using (var zip = new ZipArchive(deep, ZipArchiveMode.Create, leaveOpen: true))
            for (int i = 0; i < 2000; i++)
                zip.CreateEntry(string.Join('/', Enumerable.Repeat($"{i}-{new string('x', 50)}", 60)) + ".png");
        Assert.Contains("its folders' names take more than", Allocates(256 << 20, deep.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_archives_give_documented_exceptions_only_soon_and_in_little_memory()
    {
        string folder = Path.Combine(_root, "f"), long1 = new('n', 120);
        foreach (string name in (string[])["a/0.png", "a/1.png", "b/0.png", $"b/{long1}.png", "labels.csv", $"c/{long1}/2"])
            Put(folder, name, name.EndsWith("csv", StringComparison.Ordinal) ? "file,label\na/0.png,a\n"u8.ToArray() : PngEncoder.Encode(TestData.Image(4, 4, 1)));
        int mutants = Mutations.Count(500);
        foreach (string extension in (string[])[".zip", ".tar", ".tar.gz"])
        {
            Pack(folder, Path.Combine(_root, "seed" + extension));
            List<byte[]> seeds = [File.ReadAllBytes(Path.Combine(_root, "seed" + extension))];
            byte[] tar = extension == ".tar.gz" ? Unpacked(seeds[0]) : seeds[0];
            if (extension == ".zip")
                seeds.Add(StoredZip(folder));
            else if (extension == ".tar")
                foreach (TarEntryFormat format in (TarEntryFormat[])[TarEntryFormat.Gnu, TarEntryFormat.Ustar, TarEntryFormat.V7])
                    seeds.Add(TarOf(format));
            int read = 0;
            double longest = 0;
            long most = 0;
            for (int i = 0; i < mutants; i++)
            {
                var rng = new Rng(77, (ulong)i);
                // Damage in front of the compression gets further than damage behind it.
                bool isInside = extension == ".tar.gz" && rng.NextInt(4) != 0;
                byte[] bytes = Mutations.Mutate(isInside ? [tar] : seeds, ref rng);
                if (extension == ".tar" || isInside)
                    FixSums(bytes, ref rng);
                if (isInside)
                    bytes = Packed(bytes);
                var watch = Stopwatch.StartNew();
                long before = GC.GetAllocatedBytesForCurrentThread();
                read += TryLoad(bytes, out _) ? 1 : 0;
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(watch.ElapsedMilliseconds < 2000, $"{extension} mutant {i} took {watch.ElapsedMilliseconds} ms");
                Assert.True(allocated < 16 << 20, $"{extension} mutant {i} took {allocated} bytes");
                (longest, most) = (Math.Max(longest, watch.Elapsed.TotalMilliseconds), Math.Max(most, allocated));
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{extension}: {mutants} mutants, {read} read, {mutants - read} rejected, at most {longest:f1} ms and {most} bytes"));
            Assert.InRange(read, mutants / 100, mutants * 9 / 10);
        }

        byte[] TarOf(TarEntryFormat format)
        {
            using var stream = new MemoryStream();
            using (var tar = new TarWriter(stream, format, leaveOpen: true))
                foreach (string name in (string[])["a/0.png", "a/1.png", "b/0.png"])
                    tar.WriteEntry(Path.Combine(folder, name), name);
            return stream.ToArray();
        }
    }

    /// <summary>What a reader says of an archive, for which it takes so many bytes at most.</summary>
    private string Allocates(long most, byte[] archive)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        TryLoad(archive, out string message);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < most, $"{allocated} bytes for {message}");
        return message;
    }

    private bool TryLoad(byte[] archive, out string message)
    {
        string path = Path.Combine(_root, "mutant");
        File.WriteAllBytes(path, archive);
        try
        {
            ImageFolderData data = ImageFolder.Load(path, new ImageFolderOptions { Threads = 1, CacheBytes = 1 << 20 });
            message = data.Skipped is [var first, ..] ? first.Reason : "";
            return true;
        }
        catch (Exception e) when (e is DataFormatException or IOException)
        {
            message = e.Message;
            return false;
        }
    }

    /// <summary>Most headers get a right sum again, so that what is in them is believed.</summary>
    private static void FixSums(byte[] tar, ref Rng rng)
    {
        for (int at = 0; at + 512 <= tar.Length; at += 512)
            if (rng.NextInt(8) != 0 && tar.AsSpan(at + 257, 5).SequenceEqual("ustar"u8))
                Sum(tar.AsSpan(at, 512));
    }

    private static void Sum(Span<byte> header)
    {
        int sum = 8 * ' ';
        for (int i = 0; i < 512; i++)
            sum += i is < 148 or >= 156 ? header[i] : 0;
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }

    private static byte[] TarHeader(string name, char type, string size)
    {
        var header = new byte[512];
        System.Text.Encoding.Latin1.GetBytes(name).CopyTo(header, 0);
        System.Text.Encoding.Latin1.GetBytes("0000644\0").CopyTo(header, 100);
        System.Text.Encoding.Latin1.GetBytes(size).CopyTo(header, 124);
        System.Text.Encoding.Latin1.GetBytes("00000000000").CopyTo(header, 136);
        header[156] = (byte)type;
        System.Text.Encoding.Latin1.GetBytes("ustar\000").CopyTo(header, 257);
        Sum(header);
        return header;
    }

    private static byte[] Unpacked(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        gzip.CopyTo(whole);
        return whole.ToArray();
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] StoredZip(string folder)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (string name in (string[])["a/0.png", "a/1.png", "b/0.png"])
                zip.CreateEntryFromFile(Path.Combine(folder, name), name, CompressionLevel.NoCompression);
        return stream.ToArray();
    }

    private static List<int> Places(byte[] bytes, ReadOnlySpan<byte> mark)
    {
        var places = new List<int>();
        for (int at = 0; bytes.AsSpan(at).IndexOf(mark) is >= 0 and var next; at += next + 1)
            places.Add(at + next);
        return places;
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
