using System.Security.Cryptography;
using Fovea.Imaging.Gif;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Gif;

public class GifDecoderTests
{
    private static Image Decode(byte[] file, ImageLimits? limits = null) => new GifDecoder().Decode(file, limits ?? ImageLimits.Default);

    [Fact]
    public void Files_of_Pillow_are_read_as_Pillow_reads_them()
    {
        int files = 0;
        foreach ((int width, int height, byte[] file, string hash) in GifBuilder.Golden())
        {
            Image image = Decode(file);
            Assert.Equal((width, height), (image.Width, image.Height));
            Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(TestData.Rgba(image))));
            files++;
        }
        Assert.Equal(8, files);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(8, 256)]
    public void Indices_become_colours(int bits, int colours)
    {
        foreach ((int width, int height) in ((int, int)[])[(1, 1), (3, 1), (1, 3), (9, 8), (40, 33), (200, 150)])
            foreach (bool interlaced in (bool[])[false, true])
                foreach (bool emptiesFullTable in (bool[])[false, true])
                {
                    byte[] indices = Indices(width * height, colours), palette = GifBuilder.Colours(colours);
                    byte[] rows = interlaced ? Interlace(indices, width, height) : indices;
                    byte[] frame = GifBuilder.Frame(0, 0, width, height, rows, bits, interlaced);
                    if (!emptiesFullTable)
                        frame = [.. frame[..11], .. GifBuilder.Blocks(GifBuilder.Compress(rows, bits, emptiesFullTable: false))];
                    Image image = Decode(GifBuilder.File(width, height, palette, GifBuilder.Comment(600), frame));
                    Assert.Equal((width, height, 3), (image.Width, image.Height, image.Channels));
                    Assert.Equal([.. indices.SelectMany(i => palette[(3 * i)..((3 * i) + 3)])], image.Pixels.ToArray());
                }
    }

    [Fact]
    public void A_palette_of_greys_gives_a_grey_picture()
    {
        byte[] grey = GifBuilder.Colours(4, grey: true), frame = GifBuilder.Frame(0, 0, 4, 1, [3, 0, 2, 1], 2);
        Assert.Equal([3, 0, 2, 1], Decode(GifBuilder.File(4, 1, grey, frame)).Pixels.ToArray());
        Image transparent = Decode(GifBuilder.File(4, 1, grey, GifBuilder.Control(2), frame));
        Assert.Equal([3, 255, 0, 255, 2, 0, 1, 255], transparent.Pixels.ToArray());
        Assert.Equal(2, transparent.Channels);
    }

    [Fact]
    public void The_own_palette_comes_before_that_of_the_file()
    {
        byte[] frame = GifBuilder.Frame(0, 0, 2, 1, [1, 0], 2, local: [9, 8, 7, 6, 5, 4]);
        Assert.Equal([6, 5, 4, 9, 8, 7], Decode(GifBuilder.File(2, 1, GifBuilder.Colours(4), frame)).Pixels.ToArray());
        Assert.Equal([6, 5, 4, 9, 8, 7], Decode(GifBuilder.File(2, 1, [], frame)).Pixels.ToArray());
    }

    [Fact]
    public void Around_a_smaller_picture_the_screen_is_transparent()
    {
        byte[] frame = GifBuilder.Frame(1, 1, 2, 1, [0, 1], 2);
        Image image = Decode(GifBuilder.File(4, 3, [1, 2, 3, 4, 5, 6], frame));
        Assert.Equal((4, 3, 4), (image.Width, image.Height, image.Channels));
        Assert.Equal([0, 0, 0, 0, 1, 2, 3, 255, 4, 5, 6, 255, 0, 0, 0, 0], image.Row(1).ToArray());
        Assert.All(image.Row(0).ToArray(), sample => Assert.Equal(0, sample));
        Assert.All(image.Row(2).ToArray(), sample => Assert.Equal(0, sample));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 2, 1)]
    [InlineData(2, 1, 1, 2, 3, 3)]
    public void A_screen_too_small_grows(int screenWidth, int screenHeight, int left, int top, int width, int height)
    {
        Image image = Decode(GifBuilder.File(screenWidth, screenHeight, [1, 2, 3, 4, 5, 6], GifBuilder.Frame(left, top, 2, 1, [0, 1], 2)));
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(1, image.Row(top)[left * image.Channels]);
    }

    [Fact]
    public void Only_the_first_picture_counts_and_only_what_was_said_before_it()
    {
        byte[] colours = [1, 2, 3, 4, 5, 6], first = GifBuilder.Frame(0, 0, 2, 1, [0, 1], 2), second = GifBuilder.Frame(0, 0, 2, 1, [1, 1], 2);
        byte[] text = [0x21, 0x01, .. GifBuilder.Blocks(new byte[14])];
        byte[][] files =
        [
            GifBuilder.File(2, 1, colours, first, GifBuilder.Control(0), second),
            GifBuilder.File(2, 1, colours, GifBuilder.Control(1), GifBuilder.Control(), first),
            GifBuilder.File(2, 1, colours, GifBuilder.Control(1), text, first),
            GifBuilder.File(2, 1, colours, GifBuilder.Control(200), first),
            GifBuilder.File(2, 1, colours, first)[..^1],
        ];
        foreach (byte[] file in files)
            Assert.Equal([1, 2, 3, 4, 5, 6], Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Codes_that_stand_for_nothing_are_refused()
    {
        byte[] colours = GifBuilder.Colours(256);
        Image Of(params int[] codes) => Decode(GifBuilder.File(3, 2, colours, GifBuilder.FrameOfCodes(3, 2, codes)));
        byte[] Greens(Image image) => [.. Enumerable.Range(0, 6).Select(i => image.Pixels[(3 * i) + 1])];

        // 258 completes itself, 259 follows; what comes after the last pixel does not matter.
        Assert.Equal([193, 193, 193, 193, 193, 193], Greens(Of(256, 7, 258, 259, 511)));
        // The table need not be emptied at the beginning, and may be at any time.
        Assert.Equal([193, 192, 193, 192, 191, 190], Greens(Of(7, 8, 258, 256, 256, 9, 10)));
        foreach (int[] codes in (int[][])[[256, 258], [256, 1, 259], [256, 1, 2, 260], [1, 2, 256, 258], [256, 511]])
            Assert.Contains("stands for nothing", Assert.Throws<ImageFormatException>(() => Of(codes)).Message, StringComparison.Ordinal);
        foreach (int[] codes in (int[][])[[256], [256, 257], [256, 1, 2, 257, 3, 3, 3, 3], [256, 1, 258]])
            Assert.Contains("of 6 pixels", Assert.Throws<ImageFormatException>(() => Of(codes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_named()
    {
        byte[] colours = GifBuilder.Colours(4), frame = GifBuilder.Frame(0, 0, 5, 4, Indices(20, 4), 2), file = GifBuilder.File(5, 4, colours, frame);
        int lastData = file.Length - 3;
        for (int length = 0; length < lastData; length++)
            Assert.Throws<ImageFormatException>(() => Decode(file[..length]));
        void Refused(byte[] damaged, string reason) =>
            Assert.Contains(reason, Assert.Throws<ImageFormatException>(() => Decode(damaged)).Message, StringComparison.Ordinal);
        Refused(GifBuilder.File(5, 4, []), "no image");
        Refused(GifBuilder.File(5, 4, colours, GifBuilder.Frame(0, 0, 0, 4, [1], 2)), "empty");
        foreach (int bits in (int[])[0, 1, 9, 255])
            Refused(GifBuilder.File(5, 4, colours, [.. frame[..10], (byte)bits, .. frame[11..]]), $"got {bits}");
    }

    [Fact]
    public void Colours_beyond_the_palette_are_black_and_bytes_between_blocks_are_passed_over()
    {
        byte[] frame = GifBuilder.Frame(0, 0, 4, 1, [0, 1, 2, 3], 2), two = GifBuilder.Colours(2);
        Assert.Equal([.. two, 0, 0, 0, 0, 0, 0], Decode(GifBuilder.File(4, 1, two, frame)).Pixels.ToArray());
        Assert.Equal(new byte[4], Decode(GifBuilder.File(4, 1, [], frame)).Pixels.ToArray());
        Assert.Equal(GifBuilder.Colours(4), Decode(GifBuilder.File(4, 1, GifBuilder.Colours(4), [0x55, 0, 7], GifBuilder.Comment(3), [9], frame)).Pixels.ToArray());
    }

    [Theory]
    [InlineData(false, null, 3)]
    [InlineData(true, null, 3)]
    [InlineData(true, 1, 4)]
    [InlineData(true, 2, 3)]
    public void One_image_and_a_row_is_all_that_is_kept(bool interlaced, int? transparent, int channels)
    {
        const int width = 700, height = 500;
        byte[] indices = [.. Enumerable.Range(0, width * height).Select(i => (byte)(i / 3 % 2))];
        byte[] file = GifBuilder.File(width, height, GifBuilder.Colours(4), GifBuilder.Control(transparent), GifBuilder.Frame(0, 0, width, height, indices, 2, interlaced));
        Decode(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Image image = Decode(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (width * height * channels) + file.Length + 60_000);
        Assert.Equal(channels, image.Channels);
    }

    [Fact]
    public void Declared_sizes_must_be_paid_for()
    {
        byte[] colours = GifBuilder.Colours(4);
        var generous = new ImageLimits { MaxPixels = 1L << 40 };
        byte[] frame = GifBuilder.Frame(0, 0, 50_000, 9_000, [1], 2), dot = GifBuilder.Frame(0, 0, 1, 1, [1], 2);
        Assert.Contains("cannot hold", Assert.Throws<ImageFormatException>(() => Decode(GifBuilder.File(1, 1, colours, frame), generous)).Message, StringComparison.Ordinal);
        Assert.Contains("too large", Assert.Throws<ImageFormatException>(() => Decode(GifBuilder.File(50_000, 9_000, colours, dot), generous)).Message, StringComparison.Ordinal);
        Assert.Contains("too large", Assert.Throws<ImageFormatException>(() => Decode(GifBuilder.File(4096, 4096, colours, dot))).Message, StringComparison.Ordinal);
        Assert.Contains("limit of 100 pixels", Assert.Throws<ImageFormatException>(() => Decode(GifBuilder.File(11, 10, colours, dot), new ImageLimits { MaxPixels = 100 })).Message, StringComparison.Ordinal);
        Assert.Equal(500, Decode(GifBuilder.File(500, 400, colours, dot)).Width);
    }

    private static byte[] Indices(int count, int colours)
    {
        var rng = new Rng(5);
        var indices = new byte[count];
        for (int i = 0; i < count; i++)
            indices[i] = (byte)(i / 900 % 2 == 0 ? rng.NextInt(colours) : i / 40 % colours);
        return indices;
    }

    private static byte[] Interlace(byte[] rows, int width, int height)
    {
        int[] order = [.. Enumerable.Range(0, height).OrderBy(y => y % 8 == 0 ? 0 : y % 8 == 4 ? 1 : y % 4 == 2 ? 2 : 3)];
        return [.. order.SelectMany(y => rows[(y * width)..((y + 1) * width)])];
    }
}
