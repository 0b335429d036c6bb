using System.Buffers.Binary;
using System.IO.Compression;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class IdxReaderTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Pixels_and_labels_arrive_in_order_whatever_is_compressed(bool imagesCompressed, bool labelsCompressed)
    {
        byte[] images = Images(7, 5, 3), labels = Labels(7);
        MemoryDataset data = Read(imagesCompressed ? Gzip(images) : images, labelsCompressed ? Gzip(labels) : labels);
        Assert.Equal(7, data.Count);
        Assert.Equal(new Shape(1, 5, 3), data.ImageShape);
        for (int i = 0; i < 7; i++)
        {
            Assert.Equal(labels[8 + i], data.Label(i));
            Assert.True(data.Pixels(i).SequenceEqual(images.AsSpan(16 + 15 * i, 15)));
        }
    }

    [Fact]
    public void Classes_are_named_by_their_numbers_unless_names_are_given()
    {
        Assert.Equal(["0", "1", "2"], Read(Images(3, 2, 2), Labels(3)).ClassNames);
        Assert.Equal(["a", "b", "c", "d"], Read(Images(3, 2, 2), Labels(3), ["a", "b", "c", "d"]).ClassNames);
    }

    [Fact]
    public void A_file_that_unfolds_beyond_the_first_buffer_is_read_whole()
    {
        byte[] images = Images(1000, 28, 28);
        Assert.True(Read(Gzip(images), Gzip(Labels(1000))).Pixels(999).SequenceEqual(images.AsSpan(16 + 999 * 784)));
    }

    [Fact]
    public void Each_kind_of_damage_is_named()
    {
        byte[] images = Images(4, 3, 3), labels = Labels(4);
        AssertRefused("holds images, not labels; are the two files swapped", labels, images);
        AssertRefused("4 labels for the 5 images", Images(5, 3, 3), labels);
        AssertRefused("label 3 is 3, must be below 3", images, labels, ["a", "b", "c"]);
        AssertRefused("35 bytes follow the header; 4×3×3 images take 36", images[..^1], labels);
        AssertRefused("37 bytes follow the header", [.. images, 0], labels);
        AssertRefused("ends after 0 bytes", [], labels);
        AssertRefused("ends after 9 bytes; the header of IDX images takes 16", images[..9], labels);
        AssertRefused("begins with 0x00000d03", With(images, 2, 13), labels);
        AssertRefused("size 2 of 3 is 0", With(images, 11, 0), labels);
        AssertRefused("size 3 of 3 is 33554435", With(images, 12, 2), labels);
        byte[] packed = Gzip(images);
        AssertRefused("gzip data is damaged", With(packed, packed.Length - 6, (byte)(packed[^6] ^ 1)), labels);
        AssertRefused("ends after 35 of the 36 bytes", Gzip(images[..^1]), labels);
        AssertRefused("goes on after the 36 bytes", Gzip([.. images, 0]), labels);
        AssertRefused("more than the compressed file can hold", Gzip(With(images, 5, 255)), labels);
    }

    [Fact]
    public void A_decompression_bomb_costs_little_memory()
    {
        byte[] bomb = Gzip([.. Header(0x803, 10_000, 100, 100), .. new byte[64 << 20]]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataFormatException>(() => Read(bomb, Labels(10_000)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_thousand_damaged_files_are_read_or_refused(bool compressed)
    {
        byte[] images = Images(10, 6, 6), labels = Labels(10);
        (images, labels) = compressed ? (Gzip(images), Gzip(labels)) : (images, labels);
        long Allowed(long size) => (128 << 10) + size * (compressed ? 3 * 256 : 4);
        int valid = Mutations.Survive<DataFormatException>(images, 18, Allowed, damaged => Read(damaged, labels));
        Assert.InRange(valid, 50, 9950);
        valid = Mutations.Survive<DataFormatException>(labels, 18, Allowed, damaged => Read(images, damaged));
        Assert.InRange(valid, 50, 9950);
    }

    [Theory]
    [InlineData("mnist", "train", 60_000, "5 0 4 1 9 2 1 3 1 4")]
    [InlineData("mnist", "t10k", 10_000, "7 2 1 0 4 1 4 9 5 9")]
    [InlineData("fashion-mnist", "train", 60_000, "9 0 0 3 0 2 7 2 5 5")]
    [InlineData("fashion-mnist", "t10k", 10_000, "9 2 1 1 6 1 4 6 5 7")]
    public void The_real_files_hold_what_their_authors_say(string name, string part, int count, string firstLabels)
    {
        if (TestData.Folder(name) is not { } folder)
            return;
        MemoryDataset data = IdxReader.Read(
            Path.Combine(folder, part + "-images-idx3-ubyte.gz"), Path.Combine(folder, part + "-labels-idx1-ubyte.gz"));
        Assert.Equal(count, data.Count);
        Assert.Equal(new Shape(1, 28, 28), data.ImageShape);
        Assert.Equal(10, data.ClassNames.Count);
        Assert.Equal(firstLabels, string.Join(' ', Enumerable.Range(0, 10).Select(data.Label)));
    }

    internal static byte[] Images(int count, int height, int width)
    {
        var rng = new Rng(1);
        byte[] pixels = [.. Enumerable.Range(0, count * height * width).Select(_ => (byte)(rng.NextInt(4) * 85))];
        return [.. Header(0x803, count, height, width), .. pixels];
    }

    internal static byte[] Labels(int count) => [.. Header(0x801, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];

    internal static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] Header(params int[] numbers)
    {
        var header = new byte[4 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * i), numbers[i]);
        return header;
    }

    private static MemoryDataset Read(byte[] images, byte[] labels, IReadOnlyList<string>? classNames = null) =>
        IdxReader.Read(new MemoryStream(images), new MemoryStream(labels), "test", classNames);

    private static void AssertRefused(string message, byte[] images, byte[] labels, IReadOnlyList<string>? classNames = null) =>
        Assert.Contains(message, Assert.Throws<DataFormatException>(() => Read(images, labels, classNames)).Message);

    private static byte[] With(byte[] bytes, int index, byte value)
    {
        byte[] copy = [.. bytes];
        copy[index] = value;
        return copy;
    }
}
