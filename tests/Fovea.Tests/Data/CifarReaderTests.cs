using System.Text;
using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class CifarReaderTests
{
    private static readonly string[] Names = ["airplane", "automobile", "bird"];

    [Fact]
    public void Records_of_several_files_follow_each_other()
    {
        byte[] first = Records(2), second = Records(3);
        MemoryDataset data = Read(first, second);
        Assert.Equal(5, data.Count);
        Assert.Equal(new Shape(3, 32, 32), data.ImageShape);
        Assert.Equal([0, 1, 0, 1, 2], Enumerable.Range(0, 5).Select(data.Label));
        Assert.True(data.Pixels(1).SequenceEqual(first.AsSpan(3074, 3072)));
        Assert.True(data.Pixels(4).SequenceEqual(second.AsSpan(2 * 3073 + 1, 3072)));
    }

    [Fact]
    public void Each_kind_of_damage_is_named()
    {
        Assert.Contains("has 3072 bytes, must be a positive multiple of 3073", Assert.Throws<DataFormatException>(() => Read(Records(1)[1..])).Message);
        Assert.Contains("has 0 bytes", Assert.Throws<DataFormatException>(() => Read(Records(1), [])).Message);
        Assert.Contains("record 3 is 3, must be below 3", Assert.Throws<DataFormatException>(() => Read(Records(4))).Message);
        Assert.Throws<ArgumentException>(() => Read());
    }

    [Fact]
    public void Class_names_are_the_lines_that_are_not_blank()
    {
        Assert.Equal(Names, ReadNames("airplane\r\nautomobile\n\n bird \n\n"u8.ToArray()));
        Assert.Throws<DataFormatException>(() => ReadNames("\n\n"u8.ToArray()));
        Assert.Throws<DataFormatException>(() => ReadNames(new byte[100]));
        Assert.Throws<DataFormatException>(() => ReadNames(new byte[1 << 17]));
        Assert.Throws<DataFormatException>(() => ReadNames(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 257)))));
    }

    [Fact]
    public void Ten_thousand_damaged_files_are_read_or_refused()
    {
        int valid = Mutations.Survive<DataFormatException>(Records(2), 4, size => 65536 + 4 * size, damaged => Read(damaged));
        Assert.InRange(valid, 50, 9950);
        byte[] names = Encoding.UTF8.GetBytes(string.Join('\n', Names));
        valid = Mutations.Survive<DataFormatException>(names, 4, size => 65536 + 64 * size, damaged => ReadNames(damaged));
        Assert.InRange(valid, 50, 9950);
    }

    [Fact]
    public void The_real_files_hold_a_thousand_test_images_a_class()
    {
        if (TestData.Folder("cifar10") is not { } root)
            return;
        string folder = Path.Combine(root, "cifar-10-batches-bin");
        IReadOnlyList<string> names = CifarReader.ReadClassNames(Path.Combine(folder, "batches.meta.txt"));
        Assert.Equal("airplane automobile bird cat deer dog frog horse ship truck", string.Join(' ', names));
        MemoryDataset test = CifarReader.Read([Path.Combine(folder, "test_batch.bin")], "test", names);
        Assert.Equal(Enumerable.Repeat(1000, 10), Enumerable.Range(0, 10).Select(label => Enumerable.Range(0, test.Count).Count(i => test.Label(i) == label)));
    }

    /// <summary>Records labelled 0, 1, 2, …</summary>
    internal static byte[] Records(int count)
    {
        var rng = new Rng(2, (ulong)count);
        byte[] bytes = [.. Enumerable.Range(0, count * 3073).Select(_ => (byte)rng.NextInt(256))];
        for (int i = 0; i < count; i++)
            bytes[i * 3073] = (byte)i;
        return bytes;
    }

    private static MemoryDataset Read(params byte[][] files) =>
        CifarReader.Read([.. files.Select((file, i) => ((Stream)new MemoryStream(file), $"file {i}"))], "test", Names);

    private static IReadOnlyList<string> ReadNames(byte[] content) => CifarReader.ReadClassNames(new MemoryStream(content), "names");
}
