using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Tests.Reducing;

/// <summary>Very large images are reduced to the means of their blocks while they are decoded, in whatever order pixels come.</summary>
public class BlockMeansTests
{
    private const int Side = 4097;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Pixels_in_any_order_become_the_means_of_blocks(int channels)
    {
        Image image = TestData.Image(150, 67, channels);
        // A block that is transparent altogether, and alphas of 0 and 255.
        for (int i = channels - 1; i < image.Pixels.Length; i += channels)
            if (image.HasAlpha && i % 3 == 0)
                image.Pixels[i] = (byte)(i % 2 == 0 || i < 4 * channels ? 0 : 255);
        if (image.HasAlpha)
            for (int y = 0; y < 10; y++)
                image.Row(y)[..(20 * channels)].Clear();
        var rows = new BlockMeans(150, 67, channels, 19, 8);
        for (int y = 66; y >= 0; y--)
            Put(rows, image, y, 0, 150, 1);
        // Columns of 3, which are wider than some blocks, and rows in two parts.
        var pieces = new BlockMeans(150, 67, channels, 149, 8);
        var whole = new BlockMeans(150, 67, channels, 149, 8);
        for (int y = 0; y < 67; y++)
        {
            for (int left = 0; left < 3; left++)
                Put(pieces, image, y, left, 50, 3);
            Put(whole, image, y, 0, 70, 1);
            Put(whole, image, y, 70, 80, 1);
        }
        Compare(image, rows.ToImage(), [.. Enumerable.Range(0, 19 * 8)], false);
        Compare(image, pieces.ToImage(), [.. Enumerable.Range(0, 149 * 8)], false);
        Compare(image, whole.ToImage(), [.. Enumerable.Range(0, 149 * 8)], false);
    }

    [Fact]
    public void Sizes_are_twice_the_need_or_more_and_alike_where_proportions_count()
    {
        var least = new MinSize(448, 448, KeepsProportions: false);
        Assert.Equal((448, 448), BlockMeans.Size(65535, 1500, least));
        Assert.Equal((448, 895), BlockMeans.Size(65535, 895, least));
        Assert.Equal((19573, 448), BlockMeans.Size(65535, 1500, least with { KeepsProportions = true }));
        Assert.Equal((65535, 895), BlockMeans.Size(65535, 895, least with { KeepsProportions = true }));
        Assert.Equal((1024, 23), BlockMeans.Size(65535, 1500, MinSize.OfDrawing(1024)));
        Assert.Equal((3, 1024), BlockMeans.Size(200, 65535, MinSize.OfDrawing(1024)));
        // The sums of few blocks could pass 32 bits.
        Assert.Equal((64, 64), BlockMeans.Size(10000, 10000, new MinSize(2, 2)));
    }

    [Fact]
    public void Every_format_is_reduced_while_it_is_decoded()
    {
        byte[] bits = [.. Enumerable.Range(0, (Side + 7) / 8 * Side).Select(i => (byte)((i * 37) ^ (i >> 9)))];
        byte[] rows = [.. Enumerable.Range(0, Side).SelectMany(y => bits[(y * 513)..((y + 1) * 513)].Prepend((byte)0))];
        byte[] colours = Tests.Gif.GifBuilder.Colours(4), indices = [.. Enumerable.Range(0, 300 * 200).Select(i => (byte)(((i * 7919) ^ (i >> 5)) >> 3 & 3))];
        var files = new Dictionary<string, byte[]>
        {
            ["PNM"] = [.. "P4 4097 4097 "u8, .. bits],
            ["PNG"] = Png.PngBuilder.File(Png.PngBuilder.Header(Side, Side, 1, 3), Png.PngBuilder.Chunk("PLTE", 1, 2, 3, 200, 100, 50), Png.PngBuilder.Chunk("tRNS", 77), Png.PngBuilder.Data(rows), Png.PngBuilder.End()),
            ["interlaced PNG"] = Interlaced(bits),
            ["TIFF"] = Tiff.TiffBuilder.Grey(Side, Side, bits, (258, [1])),
            ["BMP"] = Bmp.BmpBuilder.File(Side, Side, 1, [10, 20, 30, 0, 240, 150, 200, 0], new byte[516 * Side].Select((_, i) => (byte)((i * 41) ^ (i >> 8))).ToArray()),
            ["BMP of run lengths"] = Bmp.BmpBuilder.File(Side, Side, 8, [.. Enumerable.Range(0, 1024).Select(i => (byte)i)], [.. Enumerable.Range(0, Side).SelectMany(RunLengths), 0, 1], compression: 1),
            ["GIF"] = Tests.Gif.GifBuilder.File(Side, Side, colours, Tests.Gif.GifBuilder.Control(2), Tests.Gif.GifBuilder.Frame(1000, 1111, 300, 200, indices, 2, interlaced: true)),
        };
        int[] blocks = [.. Enumerable.Range(0, 100).Select(i => (i * 61 + (i / 7)) % (100 * 70)), (20 * 100) + 26, (21 * 100) + 28];
        var least = new MinSize(100, 70, KeepsProportions: false);
        foreach ((string name, byte[] file) in files)
        {
            Image whole = ImageFile.Decode(file);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Image reduced = ImageFile.DecodeReduced(file, least, out (int Width, int Height) size);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000 + file.Length);
            Assert.Equal((name, Side, Side, 100, 70, whole.Channels), (name, size.Width, size.Height, reduced.Width, reduced.Height, reduced.Channels));
            Compare(whole, reduced, blocks, true);
        }

        static byte[] RunLengths(int y) => [.. Enumerable.Range(0, 17).SelectMany(i => (byte[])[(byte)(i == 16 ? 17 : 255), (byte)(i + y)]), .. y % 5 == 0 ? (byte[])[0, 2, 9, 0] : [], 0, 0];
    }

    [Fact]
    public void Images_that_are_not_far_larger_than_wanted_stay_whole()
    {
        byte[] small = [.. "P4 4096 4096 "u8, .. new byte[512 * 4096]];
        Assert.Equal(4096, ImageFile.DecodeReduced(small, 32, 32, out _).Width);
        byte[] large = [.. "P4 4097 4097 "u8, .. new byte[513 * Side]];
        Assert.Equal(Side, ImageFile.DecodeReduced(large, 2049, 2049, out _).Width);
        Assert.Equal(64, ImageFile.DecodeReduced(large, 32, 32, out _).Width);
    }

    /// <summary>A digit on 17.6 megapixels is the one that it is at a quarter of its sides, and is read without them.</summary>
    [Fact]
    public void Very_large_drawings_are_reduced_while_they_are_decoded()
    {
        byte[] large = Drawing(4200), small = Drawing(1050);
        var shape = new Fovea.Tensors.Shape(1, 28, 28);
        var options = new Fovea.Imaging.Preparing.PreparationOptions { LightOnDark = true };
        Fovea.Imaging.Preparing.PreparedImage expected = Fovea.Imaging.Preparing.ModelInput.Prepare(small, shape, options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fovea.Imaging.Preparing.PreparedImage prepared = Fovea.Imaging.Preparing.ModelInput.Prepare(large, shape, options);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_000_000);
        Assert.Contains(prepared.Notes, note => note.Contains("4200×4200", StringComparison.Ordinal));
        Assert.InRange(expected.Pixels.Zip(prepared.Pixels, (a, b) => Math.Abs(a - b)).Max(), 0, 0.05);

        // A vertical bar with a foot.
        static byte[] Drawing(int side)
        {
            var bits = new byte[(side + 7) / 8 * side];
            for (int y = side / 5; y < side * 4 / 5; y++)
                for (int x = side * 2 / 5; x < (y > side * 7 / 10 ? side * 7 / 10 : side / 2); x++)
                    bits[(y * ((side + 7) / 8)) + (x >> 3)] |= (byte)(128 >> (x & 7));
            return [.. System.Text.Encoding.ASCII.GetBytes($"P4 {side} {side} "), .. bits];
        }
    }

    [Fact]
    public void Reduced_images_are_turned_upright()
    {
        byte[] exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
        byte[] rows = new byte[8400 * 264];
        rows.AsSpan(0, 264 * 4200).Fill(0xFF);
        for (int y = 0; y < 4200; y++)
            rows[y * 264] = 0;
        byte[] file = Png.PngBuilder.File(Png.PngBuilder.Header(2100, 8400, 1, 0), Png.PngBuilder.Chunk("eXIf", exif), Png.PngBuilder.Data(rows), Png.PngBuilder.End());
        Image image = ImageFile.DecodeReduced(file, new MinSize(200, 100, KeepsProportions: false), out (int, int) whole);
        Assert.Equal((200, 100, (8400, 2100)), (image.Width, image.Height, whole));
        // The upper half of the file is white, and comes to the right.
        Assert.Equal((0, 255), (image.Row(50)[50], image.Row(50)[150]));
    }

    /// <summary>Bits as an interlaced PNG file of grey with a transparent colour.</summary>
    private static byte[] Interlaced(byte[] bits)
    {
        var rows = new MemoryStream();
        foreach (Fovea.Imaging.Png.PngPass pass in Fovea.Imaging.Png.PngPass.Of(new Fovea.Imaging.Png.PngHeader(Side, Side, 1, Fovea.Imaging.Png.PngColour.Grey, true)))
            for (int y = 0; y < pass.Height; y++)
            {
                var row = new byte[1 + ((pass.Width + 7) / 8)];
                for (int x = 0; x < pass.Width; x++)
                {
                    int column = pass.Left + (x * pass.StepX), at = ((pass.Top + (y * pass.StepY)) * 513) + (column >> 3);
                    row[1 + (x >> 3)] |= (byte)(((bits[at] >> (7 - (column & 7))) & 1) << (7 - (x & 7)));
                }
                rows.Write(row);
            }
        return Png.PngBuilder.File(Png.PngBuilder.Header(Side, Side, 1, 0, 1), Png.PngBuilder.Chunk("tRNS", 0, 1), Png.PngBuilder.Data(rows.ToArray()), Png.PngBuilder.End());
    }

    private static void Put(BlockMeans means, Image image, int y, int left, int count, int step)
    {
        Span<byte> pixels = means.Begin(y, left, count, step);
        for (int i = 0; i < count; i++)
            image.Row(y).Slice((left + (i * step)) * image.Channels, image.Channels).CopyTo(pixels[(i * image.Channels)..]);
        means.End();
    }

    /// <summary>Checks some blocks against means in double precision: alpha is never more than the mean, colours are rounded.</summary>
    private static void Compare(Image image, Image reduced, int[] blocks, bool needsVariety)
    {
        int channels = image.Channels, colours = channels - (image.HasAlpha ? 1 : 0);
        var seen = new HashSet<int>();
        foreach (int block in blocks)
        {
            int x = block % reduced.Width, y = block / reduced.Width;
            int left = x * image.Width / reduced.Width, right = (x + 1) * image.Width / reduced.Width;
            int top = y * image.Height / reduced.Height, bottom = (y + 1) * image.Height / reduced.Height;
            var sums = new double[channels];
            for (int row = top; row < bottom; row++)
                for (int i = left * channels; i < right * channels; i += channels)
                {
                    double alpha = image.HasAlpha ? image.Row(row)[i + colours] : 255;
                    for (int c = 0; c < colours; c++)
                        sums[c] += image.Row(row)[i + c] * alpha / 255;
                    if (image.HasAlpha)
                        sums[colours] += alpha;
                }
            double pixels = (right - left) * (bottom - top), weight = image.HasAlpha ? sums[colours] / 255 : pixels;
            ReadOnlySpan<byte> mean = reduced.Row(y).Slice(x * channels, channels);
            if (image.HasAlpha)
                Assert.Equal(Math.Floor(sums[colours] / pixels), mean[colours]);
            // Every pixel's colour by its alpha is rounded to a byte.
            for (int c = 0; c < colours; c++)
                Assert.InRange(mean[c], weight == 0 ? 0 : (sums[c] / weight) - 0.51 - (0.51 * pixels / weight), weight == 0 ? 0 : (sums[c] / weight) + 0.51 + (0.51 * pixels / weight));
            seen.Add(mean[^1]);
        }
        Assert.True(!needsVariety || seen.Count > 1, $"{image}: every mean is {string.Join(' ', seen)}");
    }
}
