using System.Text;
using Fovea.Imaging.Png;

namespace Fovea.Imaging.Tests.Png;

public class PngDecoderTests
{
    private static Image Decode(byte[] file) => new PngDecoder().Decode(file, ImageLimits.Default);

    [Fact]
    public void The_check_sum_is_the_published_one()
    {
        Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));
        Assert.Equal(0xCBF43926u, Crc32.Compute("1234"u8, "56789"u8));
        var bytes = TestData.Picture(61, 7, 3).Pixels.ToArray();
        Assert.Equal(PngBuilder.Sum(bytes), Crc32.Compute(bytes));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(255, 0)]
    [InlineData(0x0100, 1)]
    [InlineData(0x01FF, 1)]
    [InlineData(0x80FF, 0x80)]
    [InlineData(0x7F00, 0x7F)]
    [InlineData(65535, 255)]
    public void Of_sixteen_bits_the_higher_eight_are_kept(int sample, int expected)
    {
        Image image = Decode(PngBuilder.File(PngBuilder.Header(1, 1, 16, 0), PngBuilder.Data(0, (byte)(sample >> 8), (byte)sample), PngBuilder.End()));
        Assert.Equal(expected, image.Pixels[0]);
        Image colour = Decode(PngBuilder.File(
            PngBuilder.Header(1, 1, 16, 2), PngBuilder.Chunk("tRNS", 0, 1, 0, 1, 0, 1),
            PngBuilder.Data(0, 0, 0, (byte)(sample >> 8), (byte)sample, 0, 0), PngBuilder.End()));
        Assert.Equal([0, (byte)expected, 0, 255], colour.Pixels.ToArray());
    }

    [Fact]
    public void A_transparent_colour_becomes_alpha()
    {
        Image grey = Decode(PngBuilder.File(PngBuilder.Header(4, 1, 2, 0), PngBuilder.Chunk("tRNS", 0, 2), PngBuilder.Data(0, 0b00_01_10_11), PngBuilder.End()));
        Assert.Equal(2, grey.Channels);
        Assert.Equal([0, 255, 85, 255, 170, 0, 255, 255], grey.Pixels.ToArray());

        // Of 16 bits all must agree, though the bytes made of them are the same.
        Image colour = Decode(PngBuilder.File(
            PngBuilder.Header(2, 1, 16, 2), PngBuilder.Chunk("tRNS", 1, 2, 3, 4, 5, 6),
            PngBuilder.Data(0, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7), PngBuilder.End()));
        Assert.Equal(4, colour.Channels);
        Assert.Equal([1, 3, 5, 0, 1, 3, 5, 255], colour.Pixels.ToArray());

        Image palette = Decode(PngBuilder.File(
            PngBuilder.Header(2, 1, 1, 3), PngBuilder.Chunk("PLTE", 1, 2, 3, 4, 5, 6), PngBuilder.Chunk("tRNS", 9),
            PngBuilder.Data(0, 0b01_000000), PngBuilder.End()));
        Assert.Equal([1, 2, 3, 9, 4, 5, 6, 255], palette.Pixels.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Interlacing_places_every_pixel(int channels)
    {
        int[] colours = [0, 4, 2, 6];
        (int, int, int, int)[] steps = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        for (int width = 1; width <= 10; width++)
            for (int height = 1; height <= 10; height++)
            {
                Image image = TestData.Picture(width, height, channels);
                var rows = new List<byte>();
                foreach ((int left, int top, int stepX, int stepY) in steps)
                    for (int y = top; y < height && left < width; y += stepY)
                    {
                        rows.Add(0);
                        for (int x = left; x < width; x += stepX)
                            rows.AddRange(image.Row(y).Slice(x * channels, channels));
                    }
                Image read = Decode(PngBuilder.File(PngBuilder.Header(width, height, 8, colours[channels - 1], 1), PngBuilder.Data([.. rows]), PngBuilder.End()));
                Assert.True(image.Pixels.SequenceEqual(read.Pixels), $"{width}×{height}");
            }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(37, 53)]
    [InlineData(200, 90)]
    public void What_is_written_is_read_back(int width, int height)
    {
        for (int channels = 1; channels <= 4; channels++)
        {
            Image image = TestData.Picture(width, height, channels, (ulong)channels);
            Image read = ImageFile.Decode(PngEncoder.Encode(image));
            Assert.Equal((width, height, channels), (read.Width, read.Height, read.Channels));
            Assert.True(image.Pixels.SequenceEqual(read.Pixels));
        }
    }

    [Fact]
    public void Filters_are_undone_exactly_and_save_space()
    {
        Image image = TestData.Picture(200, 120, 3);
        var smooth = new Image(200, 120, 3);
        for (int i = 0; i < smooth.Pixels.Length; i++)
            smooth.Pixels[i] = (byte)((i / 600) + (i % 600));
        Assert.True(PngEncoder.Encode(smooth).Length < smooth.Pixels.Length / 20);
        foreach (int distance in (int[])[1, 2, 3, 4, 6, 8])
            for (int filter = 0; filter < PngFilter.Count; filter++)
            {
                byte[] above = image.Row(3).ToArray(), row = image.Row(4).ToArray(), differences = new byte[row.Length];
                PngFilter.Encode(filter, row, above, distance, differences);
                PngFilter.Decode(filter, differences, above, distance);
                Assert.Equal(row, differences);
            }
    }

    [Fact]
    public void Data_may_be_cut_into_chunks_anywhere()
    {
        byte[] compressed = PngBuilder.Deflate([0, 1, 2, 0, 3, 4]);
        byte[][] pieces = [.. compressed.Select(value => PngBuilder.Chunk("IDAT", value))];
        Image image = Decode(PngBuilder.File([PngBuilder.Header(2, 2, 8, 0), PngBuilder.Chunk("teXt", 1), .. pieces, PngBuilder.Chunk("tIME"), PngBuilder.End()]));
        Assert.Equal([1, 2, 3, 4], image.Pixels.ToArray());
    }

    public static TheoryData<string, string, byte[]> BadFiles()
    {
        byte[] header = PngBuilder.Header(2, 2, 8, 0), data = PngBuilder.Data(0, 1, 2, 0, 3, 4), end = PngBuilder.End();
        byte[] indexed = PngBuilder.Header(2, 2, 8, 3), palette = PngBuilder.Chunk("PLTE", 1, 2, 3);
        byte[] compressed = PngBuilder.Deflate([0, 1, 2, 0, 3, 4]);
        byte[] wrongSum = [.. compressed[..^1], (byte)(compressed[^1] ^ 1)];
        byte[] good = PngBuilder.File(header, data, end);
        return new()
        {
            { "signature", "signature", [.. good[1..]] },
            { "no header", "instead of IHDR", PngBuilder.File(data, end) },
            { "two headers", "two IHDR", PngBuilder.File(header, header, data, end) },
            { "short header", "instead of 13", PngBuilder.File(PngBuilder.Chunk("IHDR", 1, 2), data, end) },
            { "empty size", "empty", PngBuilder.File(PngBuilder.Header(0, 2, 8, 0), data, end) },
            { "huge", "over the limit", PngBuilder.File(PngBuilder.Header(int.MaxValue, int.MaxValue, 8, 0), data, end) },
            { "negative", "over the limit", PngBuilder.File(PngBuilder.Header(-1, 2, 8, 0), data, end) },
            { "bomb", "cannot hold", PngBuilder.File(PngBuilder.Header(10000, 10000, 8, 0), data, end) },
            { "colour type", "colour type 5", PngBuilder.File(PngBuilder.Header(2, 2, 8, 5), data, end) },
            { "depth", "bit depth 4", PngBuilder.File(PngBuilder.Header(2, 2, 4, 2), data, end) },
            { "interlace", "interlace method 2", PngBuilder.File(PngBuilder.Header(2, 2, 8, 0, 2), data, end) },
            { "no data", "no IDAT", PngBuilder.File(header, end) },
            { "no end", "before its IEND", PngBuilder.File(header, data) },
            { "cut", "ends at byte", good[..^20] },
            { "check sum", "check sum of the IDAT", PngBuilder.File(header, [.. data[..^1], (byte)(data[^1] ^ 1)], end) },
            { "no palette", "no palette", PngBuilder.File(indexed, data, end) },
            { "palette late", "after the picture's data", PngBuilder.File(indexed, data, palette, end) },
            { "palette of 4 bytes", "multiple of 3", PngBuilder.File(indexed, PngBuilder.Chunk("PLTE", 1, 2, 3, 4), data, end) },
            { "two palettes", "two PLTE", PngBuilder.File(indexed, palette, palette, data, end) },
            { "index", "of a palette of 1", PngBuilder.File(indexed, palette, data, end) },
            { "transparency", "tRNS", PngBuilder.File(header, PngBuilder.Chunk("tRNS", 1), data, end) },
            { "transparency of alpha", "tRNS", PngBuilder.File(PngBuilder.Header(1, 1, 8, 4), PngBuilder.Chunk("tRNS", 0, 1), data, end) },
            { "split data", "do not follow", PngBuilder.File(header, data, PngBuilder.Chunk("teXt"), data, end) },
            { "unknown critical", "ABCD", PngBuilder.File(header, PngBuilder.Chunk("ABCD"), data, end) },
            { "too few rows", "row 1 of 2", PngBuilder.File(header, PngBuilder.Data(0, 1, 2, 0, 3), end) },
            { "filter", "filter 5", PngBuilder.File(header, PngBuilder.Data(0, 1, 2, 5, 3, 4), end) },
            { "Adler", "damaged", PngBuilder.File(header, PngBuilder.Chunk("IDAT", wrongSum), end) },
            { "Adler cut", "damaged", PngBuilder.File(header, PngBuilder.Chunk("IDAT", compressed[..^2]), end) },
            { "dictionary", "damaged", PngBuilder.File(header, PngBuilder.Chunk("IDAT", [0x78, 0x20, 1, 2, 3, 4, .. compressed[2..]]), end) },
            { "no deflate", "damaged", PngBuilder.File(header, PngBuilder.Chunk("IDAT", Encoding.ASCII.GetBytes("no deflate stream")), end) },
        };
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Bad_files_are_rejected_with_the_reason(string what, string reason, byte[] file)
    {
        var thrown = Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.True(thrown.Message.Contains(reason, StringComparison.Ordinal), $"{what}: {thrown.Message}");
        Assert.DoesNotContain('\n', thrown.Message);
    }

    [Fact]
    public void A_declared_size_that_the_file_cannot_justify_allocates_nothing()
    {
        byte[] file = PngBuilder.File(PngBuilder.Header(9000, 9000, 8, 6), PngBuilder.Data(new byte[1000]), PngBuilder.End());
        Assert.Throws<ImageFormatException>(() => Decode(file));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ImageFormatException>(() => Decode(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
