using Fovea.Imaging.Bmp;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Bmp;

public class BmpDecoderTests
{
    private static Image Decode(byte[] file) => new BmpDecoder().Decode(file, ImageLimits.Default);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Indices_become_colours(int bits)
    {
        int colours = 1 << bits;
        foreach (int width in (int[])[1, 3, 7, 8, 9, 31, 33])
            foreach (bool grey in (bool[])[false, true])
            {
                byte[] indices = Indices(width, 5, colours);
                byte[] palette = BmpBuilder.Palette(colours, 4, grey), core = BmpBuilder.Palette(colours, 3, grey);
                byte[] expected = [.. indices.SelectMany(i => grey ? (byte[])[palette[4 * i]] : [palette[(4 * i) + 2], palette[(4 * i) + 1], palette[4 * i]])];
                byte[] rows = BmpBuilder.Pack(indices, width, bits);
                byte[] topDown = BmpBuilder.Pack(indices, width, bits, topDown: true);
                foreach (byte[] file in (byte[][])[
                    BmpBuilder.File(width, 5, bits, palette, rows),
                    BmpBuilder.File(width, -5, bits, palette, topDown),
                    BmpBuilder.File(width, 5, bits, palette, rows, headerBytes: 64),
                    BmpBuilder.File(width, 5, bits, palette, rows, headerBytes: 108),
                    BmpBuilder.CoreFile(width, 5, bits, core, rows)])
                {
                    Image image = Decode(file);
                    Assert.Equal((width, 5, grey ? 1 : 3), (image.Width, image.Height, image.Channels));
                    Assert.Equal(expected, image.Pixels.ToArray());
                }
            }
    }

    [Fact]
    public void A_short_palette_is_enough_if_the_pixels_keep_to_it()
    {
        byte[] palette = BmpBuilder.Palette(3, 4);
        Assert.Equal(3, Decode(BmpBuilder.File(3, 1, 8, palette, [0, 1, 2, 0], colours: 3)).Width);
        Assert.Equal(3, Decode(BmpBuilder.File(3, 1, 8, palette, [0, 1, 2, 0])).Width);
        // Beyond it is black.
        Assert.Equal([0, 0, 0], Decode(BmpBuilder.File(3, 1, 8, palette, [0, 1, 3, 0], colours: 3)).Row(0)[^3..].ToArray());
    }

    [Fact]
    public void True_colour_is_read_in_either_direction()
    {
        byte[] below = [1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0];
        Assert.Equal([9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4], Decode(BmpBuilder.File(2, 2, 24, [], below)).Pixels.ToArray());
        Assert.Equal([3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10], Decode(BmpBuilder.File(2, -2, 24, [], below)).Pixels.ToArray());
        Assert.Equal([9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4], Decode(BmpBuilder.CoreFile(2, 2, 24, [], below)).Pixels.ToArray());
        // The padding of the last row may be missing.
        Assert.Equal(2, Decode(BmpBuilder.File(2, 2, 24, [], below[..^2])).Width);
        Assert.Equal([3, 2, 1], Decode(BmpBuilder.File(1, 1, 32, [], [1, 2, 3, 99])).Pixels.ToArray());
    }

    [Fact]
    public void Bit_masks_are_scaled_to_full_range()
    {
        // 0 11111 00001 00000 → 255, round(255 / 31), 0.
        Assert.Equal([255, 8, 0], Decode(BmpBuilder.File(1, 1, 16, [], [0x20, 0x7C])).Pixels.ToArray());
        // 565: 00001 100000 11111.
        byte[] file565 = BmpBuilder.File(1, 1, 16, [], [0x1F, 0x0C], 3, masks: [0xF800, 0x07E0, 0x001F]);
        Assert.Equal([8, 130, 255], Decode(file565).Pixels.ToArray());
        byte[] alpha4 = BmpBuilder.File(1, 1, 16, [], [0x34, 0x12], 3, 56, [0x0F00, 0x00F0, 0x000F, 0xF000]);
        Assert.Equal([34, 51, 68, 17], Decode(alpha4).Pixels.ToArray());
        byte[] behind = BmpBuilder.File(1, 1, 32, [], [1, 2, 3, 4], 6, masks: [0xFF, 0xFF00, 0xFF0000, 0xFF000000]);
        Assert.Equal([1, 2, 3, 4], Decode(behind).Pixels.ToArray());
        // Ten bits a colour.
        byte[] tens = BmpBuilder.File(1, 1, 32, [], BitConverter.GetBytes((1023u << 20) | (512u << 10)), 3, masks: [1023u << 20, 1023u << 10, 1023]);
        Assert.Equal([255, 128, 0], Decode(tens).Pixels.ToArray());
    }

    [Fact]
    public void Run_lengths_are_followed()
    {
        byte[] palette = BmpBuilder.Palette(256, 4, grey: true);
        byte[] codes =
        [
            3, 7, 0, 3, 1, 2, 3, 0, 0, 0, // bottom row: 7 7 7 1 2 3, padded literal
            0, 2, 2, 1,                   // jump to column 2 of the top row
            4, 9, 0, 1,
        ];
        // What is jumped over is transparent.
        Image jumped = Decode(BmpBuilder.File(6, 3, 8, palette, codes, 1));
        Assert.Equal([0, 0, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 7, 7, 7, 1, 2, 3], Enumerable.Range(0, 18).Select(i => jumped.Pixels[2 * i]));
        Assert.Equal([0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], Enumerable.Range(0, 18).Select(i => (byte)(jumped.Pixels[(2 * i) + 1] / 255)));

        byte[] sixteen = BmpBuilder.Palette(16, 4, grey: true);
        byte[] nibbles = [5, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 0, 1];
        Assert.Equal(
            [.. ((int[])[3, 4, 5, 6, 7, 1, 2, 1, 2, 1]).Select(i => (byte)(i * 17))],
            Decode(BmpBuilder.File(5, 2, 4, sixteen, nibbles, 2)).Pixels.ToArray());

        // Without the code for the end.
        Assert.Equal([1, 1, 2, 2], Decode(BmpBuilder.File(2, 2, 8, palette, [2, 2, 0, 0, 2, 1], 1)).Pixels.ToArray());
    }

    [Fact]
    public void Run_lengths_are_cut_at_the_edge_and_may_begin_at_the_top()
    {
        byte[] palette = BmpBuilder.Palette(256, 4, grey: true);
        byte[] beyond = [5, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 9, 9, 0, 0, 3, 7, 0, 1];
        Assert.Equal([1, 2, 3, 1, 1, 1], Decode(BmpBuilder.File(3, 2, 8, palette, beyond, 1)).Pixels.ToArray());
        Assert.Equal([1, 1, 1, 1, 2, 3], Decode(BmpBuilder.File(3, -2, 8, palette, beyond, 1)).Pixels.ToArray());
        byte[] sixteen = BmpBuilder.Palette(16, 4, grey: true);
        Assert.Equal([17, 34, 17], Decode(BmpBuilder.File(3, 1, 4, sixteen, [9, 0x12, 0, 1], 2)).Pixels.ToArray());
        // A jump out of the image leaves the rest transparent.
        Assert.Equal(new byte[8], Decode(BmpBuilder.File(2, 2, 8, palette, [0, 2, 1, 3, 0, 1], 1)).Pixels.ToArray());
    }

    [Fact]
    public void Run_lengths_of_24_bits_are_followed()
    {
        byte[] codes = [2, 10, 20, 30, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 1];
        Image image = Decode(BmpBuilder.File(3, 2, 24, [], codes, 4, headerBytes: 64));
        Assert.Equal(
            [3, 2, 1, 255, 6, 5, 4, 255, 9, 8, 7, 255, 30, 20, 10, 255, 30, 20, 10, 255, 0, 0, 0, 0],
            image.Pixels.ToArray());
    }

    [Fact]
    public void Alpha_is_what_the_header_says_unless_there_is_none()
    {
        uint[] masks = [0xFF0000, 0xFF00, 0xFF, 0xFF000000];
        byte[] pixels = [3, 2, 1, 0, 6, 5, 4, 128];
        foreach (int compression in (int[])[0, 3])
            foreach (int header in (int[])[56, 108, 124])
            {
                Assert.Equal([1, 2, 3, 0, 4, 5, 6, 128], Decode(BmpBuilder.File(2, 1, 32, [], pixels, compression, header, masks)).Pixels.ToArray());
                Assert.Equal(compression == 0 ? 3 : 4, Decode(BmpBuilder.File(2, 1, 32, [], new byte[8], compression, header, masks)).Channels);
            }
        Assert.Equal([1, 2, 3, 4, 5, 6], Decode(BmpBuilder.File(2, 1, 32, [], pixels)).Pixels.ToArray());
    }

    [Fact]
    public void Run_lengths_are_painted_into_one_image()
    {
        const int width = 510, height = 600;
        byte[] palette = BmpBuilder.Palette(256, 4), codes = [.. Enumerable.Range(0, height).SelectMany(y => (byte[])[255, (byte)y, 255, 1, 0, 0])];
        byte[] file = BmpBuilder.File(width, height, 8, palette, codes, 1);
        Decode(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (3 * width * height) + 20_000);
    }

    public static TheoryData<string, string, byte[]> BadFiles()
    {
        byte[] palette = BmpBuilder.Palette(256, 4);
        byte[] good = BmpBuilder.File(2, 2, 24, [], new byte[16]);
        byte[] offset = [.. good];
        offset[10] = 20;
        return new()
        {
            { "cut", "take 14 bytes", good[..^5] },
            { "only headers", "the file ends at byte 30", good[..30] },
            { "pixels within the headers", "said to begin at byte 20", offset },
            { "huge", "over the limit", BmpBuilder.File(int.MaxValue, int.MinValue, 24, [], []) },
            { "larger than the file", "and the file has 16", BmpBuilder.File(9000, 9000, 24, [], new byte[16]) },
            { "negative width", "empty", BmpBuilder.File(-2, 2, 24, [], new byte[16]) },
            { "no rows", "empty", BmpBuilder.File(2, 0, 24, [], new byte[16]) },
            { "bits", "3 bits", BmpBuilder.File(2, 2, 3, [], new byte[16]) },
            { "header", "header of 13", BmpBuilder.File(2, 2, 24, [], new byte[16], headerBytes: 13) },
            { "embedded JPEG", "compression 4", BmpBuilder.File(2, 2, 24, [], new byte[16], 4) },
            { "RLE8 of 4 bits", "compression 1", BmpBuilder.File(2, 2, 4, palette, new byte[16], 1) },
            { "overlapping masks", "overlap", BmpBuilder.File(1, 1, 32, [], new byte[4], 3, masks: [0xFF, 0x180, 0xFF0000]) },
            { "wide masks", "16 bits", BmpBuilder.File(1, 1, 16, [], new byte[4], 3, masks: [0xFF0000, 0xFF00, 0xFF]) },
            { "no masks", "all 0", BmpBuilder.File(1, 1, 16, [], new byte[4], 3, masks: [0, 0, 0]) },
            { "literal cut", "run lengths", BmpBuilder.File(4, 2, 8, palette, [0, 4, 1, 2], 1) },
            { "codes missing", "run lengths", BmpBuilder.File(4, 2, 8, palette, [4, 4, 0, 0], 1) },
            { "run-length bomb", "cannot hold", BmpBuilder.File(9000, 9000, 8, palette, [0, 1], 1) },
        };
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Bad_files_are_rejected_with_the_reason(string what, string reason, byte[] file)
    {
        var thrown = Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.True(thrown.Message.Contains(reason, StringComparison.Ordinal), $"{what}: {thrown.Message}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    private static byte[] Indices(int width, int height, int colours)
    {
        var rng = new Rng((ulong)width);
        var result = new byte[width * height];
        for (int i = 0; i < result.Length; i++)
            result[i] = (byte)rng.NextInt(colours);
        return result;
    }
}
