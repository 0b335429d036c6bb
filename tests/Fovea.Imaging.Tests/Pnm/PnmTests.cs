using System.Text;
using Fovea.Imaging.Pnm;

namespace Fovea.Imaging.Tests.Pnm;

public class PnmTests
{
    private static Image Decode(byte[] file) => new PnmDecoder().Decode(file, ImageLimits.Default);

    private static byte[] File(string text, params byte[] samples) => [.. Encoding.ASCII.GetBytes(text), .. samples];

    public static TheoryData<string, int, int, int, byte[], byte[]> GoodFiles() => new()
    {
        { "bits as text", 3, 2, 1, File("P1\n# drawing\n3 2\n010\n1 0 1"), [255, 0, 255, 0, 255, 0] },
        { "grey as text", 3, 1, 1, File("P2 3 # width\n1 10\r\n0 5 10"), [0, 128, 255] },
        { "colour as text", 1, 2, 3, File("P3\n1 2\n255\n1 2 3\n4 #c\n5 6\n"), [1, 2, 3, 4, 5, 6] },
        { "bits", 9, 2, 1, File("P4\n9 2\n", 0x80, 0x80, 0x01, 0x00), [0, 255, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 255, 0, 255] },
        { "grey", 2, 2, 1, File("P5\n#x\n2 2\n255\n", 10, 9, 35, 32), [10, 9, 35, 32] },
        { "grey of 15", 2, 1, 1, File("P5 2 1 15 ", 15, 1), [255, 17] },
        { "grey of 65535", 3, 1, 1, File("P5 3 1 65535\n", 0xFF, 0xFF, 0x80, 0x80, 0, 128), [255, 128, 0] },
        { "grey of 1000", 2, 1, 1, File("P5 2 1 1000\n", 3, 232, 1, 244), [255, 128] },
        { "colour", 1, 1, 3, File("P6\n1 1\n255\n", 7, 8, 9, 10), [7, 8, 9] },
    };

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void Every_kind_is_read(string what, int width, int height, int channels, byte[] file, byte[] expected)
    {
        Image image = ImageFile.Decode(file);
        Assert.Equal((what, width, height, channels), (what, image.Width, image.Height, image.Channels));
        Assert.Equal(expected, image.Pixels.ToArray());
    }

    public static TheoryData<string, byte[]> BadFiles() => new()
    {
        { "begin with P1 to P6", File("P8 1 1 255\n", 1) },
        { "before its width", File("P5 ") },
        { "before its height", File("P5 1 #1") },
        { "a height must be at byte 5", File("P5 1 x 255\n", 1) },
        { "empty", File("P5 0 1 255\n", 1) },
        { "above 2147483647", File("P5 99999999999999999999 1 255\n", 1) },
        { "over the limit", File("P5 2147483647 2147483647 255\n", 1) },
        { "maximum must be", File("P5 1 1 0\n", 1) },
        { "maximum must be", File("P5 1 1 65536\n", 1, 1) },
        { "at least 4 bytes", File("P5 2 2 255\n", 1, 2, 3) },
        { "at least 8 bytes", File("P5 2 2 256\n", 1, 2, 3, 4, 5, 6, 7) },
        { "at least 81000000 bytes", File("P1 9000 9000\n", 1, 2, 3) },
        { "above the maximum", File("P5 1 1 9\n", 10) },
        { "above the maximum", File("P2 1 1 9\n10") },
        { "before its sample", File("P2 2 2 9\n1 2 3       ") },
        { "a bit must be", File("P1 2 2\n1021") },
        { "a space", File("P5 1 1 255#", 1, 1) },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Bad_files_are_rejected_with_the_reason(string reason, byte[] file)
    {
        var thrown = Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        foreach (int channels in (int[])[1, 3])
        {
            Image image = TestData.Image(31, 17, channels);
            Image read = ImageFile.Decode(PnmEncoder.Encode(image));
            Assert.Equal((31, 17, channels), (read.Width, read.Height, read.Channels));
            Assert.True(image.Pixels.SequenceEqual(read.Pixels));
        }
        Assert.Throws<ArgumentException>(() => PnmEncoder.Encode(new Image(1, 1, 4)));
    }
}
