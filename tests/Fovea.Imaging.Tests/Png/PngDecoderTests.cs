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
        var bytes = TestData.Image(61, 7, 3).Pixels.ToArray();
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
                Image image = TestData.Image(width, height, channels);
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
            Image image = TestData.Image(width, height, channels, (ulong)channels);
            Image read = ImageFile.Decode(PngEncoder.Encode(image));
            Assert.Equal((width, height, channels), (read.Width, read.Height, read.Channels));
            Assert.True(image.Pixels.SequenceEqual(read.Pixels));
        }
    }

    [Fact]
    public void Filters_are_undone_exactly_and_save_space()
    {
        Image image = TestData.Image(200, 120, 3);
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

    /// <summary>Faults in parts that the pixels do not need, what is said of them, and the image that is left.</summary>
    public static TheoryData<string, string, byte[], byte[]> FaultyButReadable()
    {
        byte[] header = PngBuilder.Header(2, 2, 8, 0), data = PngBuilder.Data(0, 1, 2, 0, 3, 4), end = PngBuilder.End();
        byte[] indexed = PngBuilder.Header(2, 2, 8, 3), palette = PngBuilder.Chunk("PLTE", 1, 2, 3), ones = PngBuilder.Data(0, 0, 0, 0, 0, 1);
        byte[] compressed = PngBuilder.Deflate([0, 1, 2, 0, 3, 4]), text = PngBuilder.Chunk("tEXt", 1, 2);
        byte[] damaged = [.. text[..^1], (byte)(text[^1] ^ 1)], transparency = PngBuilder.Chunk("tRNS", 0, 1), damagedTransparency = [.. transparency[..^1], (byte)(transparency[^1] ^ 1)];
        byte[] grey = [1, 2, 3, 4], black = [1, 2, 3, 1, 2, 3, 1, 2, 3, 0, 0, 0];
        return new()
        {
            { "no end", ReadingNotes.EndIsMissing, PngBuilder.File(header, data), grey },
            { "end cut", ReadingNotes.EndIsMissing, PngBuilder.File(header, data, end[..^3]), grey },
            { "zeros at the end", ReadingNotes.EndIsMissing, PngBuilder.File(header, data, new byte[40]), grey },
            { "text cut", ReadingNotes.EndIsMissing, PngBuilder.File(header, data, text[..^3]), grey },
            { "text damaged", "the tEXt chunk is damaged: it is left out", PngBuilder.File(header, damaged, data, end), grey },
            { "no Adler", "the check sum of the data is missing", PngBuilder.File(header, PngBuilder.Chunk("IDAT", compressed[..^4]), end), grey },
            { "Adler cut", "the check sum of the data is missing", PngBuilder.File(header, PngBuilder.Chunk("IDAT", compressed[..^2]), end), grey },
            { "split data", "IDAT chunks that come after other chunks are left out", PngBuilder.File(header, data, text, data, end), grey },
            { "transparency too short", "tRNS has 1 bytes instead of 2: it is left out", PngBuilder.File(header, PngBuilder.Chunk("tRNS", 1), data, end), grey },
            { "transparency late", "tRNS comes after the data: it is left out", PngBuilder.File(header, data, transparency, end), grey },
            { "transparency damaged", "the tRNS chunk is damaged: it is left out", PngBuilder.File(header, damagedTransparency, data, end), grey },
            { "transparency of alpha", "tRNS is in an image with alpha: it is left out", PngBuilder.File(PngBuilder.Header(1, 1, 8, 4), transparency, PngBuilder.Data(0, 7, 8), end), [7, 8] },
            { "transparency too long", "tRNS is longer than the palette: the rest is left out", PngBuilder.File(PngBuilder.Header(1, 1, 8, 3), palette, PngBuilder.Chunk("tRNS", 9, 8), PngBuilder.Data(0, 0), end), [1, 2, 3, 9] },
            { "palette of a grey image", "PLTE has 4 bytes, not 3 to 768 and a multiple of 3: it is left out", PngBuilder.File(header, PngBuilder.Chunk("PLTE", 1, 2, 3, 4), data, end), grey },
            { "two palettes", "there are several PLTE chunks: the first counts|" + ReadingNotes.ColoursBeyondPalette, PngBuilder.File(indexed, palette, PngBuilder.Chunk("PLTE", 9, 9, 9), ones, end), black },
            { "more data than pixels", "there are more data than pixels: the rest is left out", PngBuilder.File(header, PngBuilder.Data(0, 1, 2, 0, 3, 4, 0, 5), end), grey },
            { "palette late", "PLTE comes after the data: it is left out", PngBuilder.File(header, data, palette, end), grey },
            { "two transparencies", "there are several tRNS chunks: the last counts", PngBuilder.File(PngBuilder.Header(1, 1, 8, 0), transparency, PngBuilder.Chunk("tRNS", 0, 9), PngBuilder.Data(0, 1), end), [1, 255] },
            { "colour beyond the palette", ReadingNotes.ColoursBeyondPalette, PngBuilder.File(indexed, palette, ones, end), black },
        };
    }

    [Theory]
    [MemberData(nameof(FaultyButReadable))]
    public void A_fault_that_leaves_the_pixels_known_is_no_reason_to_refuse(string what, string note, byte[] file, byte[] pixels)
    {
        Image image = Decode(file);
        Assert.True(pixels.AsSpan().SequenceEqual(image.Pixels), what);
        Assert.Equal(note, string.Join('|', image.Notes));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void The_orientation_is_applied(int type)
    {
        // One entry: tag 274, SHORT or LONG, the value 6, "turn clockwise".
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 18, 0, (byte)type, 0, 0, 0, 1, .. type == 3 ? (byte[])[0, 6, 0, 0] : [0, 0, 0, 6]];
        byte[] file = PngBuilder.File(PngBuilder.Header(2, 1, 8, 0), PngBuilder.Data(0, 7, 9), PngBuilder.Chunk("eXIf", exif), PngBuilder.End());
        Image image = Decode(file);
        Assert.Equal((2, 1, 6), (image.Width, image.Height, image.Orientation));
        image = ImageFile.Decode(file);
        Assert.Equal(1, image.Orientation);
        Assert.Equal((1, 2), (image.Width, image.Height));
        Assert.Equal([7, 9], image.Pixels.ToArray());
    }

    [Fact]
    public void Interlaced_rows_go_straight_into_the_image()
    {
        const int side = 600;
        var rows = new MemoryStream();
        var header = new PngHeader(side, side, 8, PngColour.Rgb, true);
        foreach (PngPass pass in PngPass.Of(header))
            rows.Write(new byte[pass.Height * (1 + header.RowBytes(pass.Width))]);
        byte[] file = PngBuilder.File(PngBuilder.Header(side, side, 8, 2, 1), PngBuilder.Data(rows.ToArray()), PngBuilder.End());
        Decode(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (3 * side * side) + (2 * file.Length) + 50_000);
    }

    [Fact]
    public void A_side_has_a_limit()
    {
        byte[] file = PngBuilder.File(PngBuilder.Header(1, 65_536, 1, 0), PngBuilder.Data(new byte[2 * 65_536]), PngBuilder.End());
        Assert.Contains("1×65536 is over the limit of 65535 a side", Assert.Throws<ImageFormatException>(() => Decode(file)).Message, StringComparison.Ordinal);
        Assert.Equal(65_536, new PngDecoder().Decode(file, new ImageLimits { MaxSide = 65_536 }).Height);
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
            { "cut", "ends at byte", good[..^20] },
            { "check sum", "check sum of the IDAT", PngBuilder.File(header, [.. data[..^1], (byte)(data[^1] ^ 1)], end) },
            { "no palette", "no palette", PngBuilder.File(indexed, data, end) },
            { "palette late", "no palette", PngBuilder.File(indexed, data, palette, end) },
            { "palette of 4 bytes", "multiple of 3", PngBuilder.File(indexed, PngBuilder.Chunk("PLTE", 1, 2, 3, 4), data, end) },
            { "unknown critical", "ABCD", PngBuilder.File(header, PngBuilder.Chunk("ABCD"), data, end) },
            { "too few rows", "row 1 of 2", PngBuilder.File(header, PngBuilder.Data(0, 1, 2, 0, 3), end) },
            { "filter", "filter 5", PngBuilder.File(header, PngBuilder.Data(0, 1, 2, 5, 3, 4), end) },
            { "Adler", "damaged", PngBuilder.File(header, PngBuilder.Chunk("IDAT", wrongSum), end) },
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
