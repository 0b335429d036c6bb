using System.Diagnostics;
using System.Globalization;
using Fovea.Imaging.Bmp;
using Fovea.Imaging.Gif;
using Fovea.Imaging.Jpeg;
using Fovea.Imaging.Png;
using Fovea.Imaging.Pnm;
using Fovea.Imaging.Tests.Bmp;
using Fovea.Imaging.Tests.Gif;
using Fovea.Imaging.Tests.Jpeg;
using Fovea.Imaging.Tests.Png;
using Fovea.Imaging.Tests.Tiff;
using Fovea.Imaging.Tests.WebP;
using Fovea.Imaging.Tiff;
using Fovea.Imaging.WebP;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests;

/// <summary>
/// Hostile input: ten thousand damaged files a reader end in a image or in the documented exception, soon, and
/// without more memory than the file's own size and the limits justify.
/// </summary>
public class MutationTests
{
    private static readonly int Mutants = Mutations.Count(10_000);

    private const int MaxPixels = 1 << 16;

    [Fact]
    public void Png()
    {
        var seeds = new List<byte[]>();
        for (int channels = 1; channels <= 4; channels++)
            seeds.Add(PngEncoder.Encode(TestData.Image(23, 17, channels)));
        seeds.Add(PngBuilder.File(
            PngBuilder.Header(9, 7, 2, 3, 1), PngBuilder.Chunk("PLTE", [.. BmpBuilder.Palette(4, 3)]), PngBuilder.Chunk("tRNS", 1, 2),
            PngBuilder.Data(new byte[60]), PngBuilder.End()));
        seeds.Add(PngBuilder.File(PngBuilder.Header(5, 6, 16, 2), PngBuilder.Chunk("tRNS", new byte[6]), PngBuilder.Data(new byte[6 * 31]), PngBuilder.End()));
        if (TestData.Find("images/pngsuite/png") is string folder)
            seeds.AddRange(Directory.GetFiles(folder, "*.png").Order(StringComparer.Ordinal).Where((_, i) => i % 5 == 0).Select(File.ReadAllBytes));
        // Beside the image: the data gathered from the chunks (twice the file while it grows), and four rows.
        Attack(new PngDecoder(), seeds, length => (8 * MaxPixels) + (6L * length), PngBuilder.FixSums);
    }

    [Fact]
    public void Bmp()
    {
        byte[] palette = BmpBuilder.Palette(256, 4), sixteen = BmpBuilder.Palette(16, 4);
        List<byte[]> seeds =
        [
            BmpBuilder.File(9, 5, 1, BmpBuilder.Palette(2, 4), BmpBuilder.Pack(new byte[45], 9, 1)),
            BmpBuilder.File(9, -5, 4, sixteen, BmpBuilder.Pack(new byte[45], 9, 4)),
            BmpBuilder.File(9, 5, 8, palette, BmpBuilder.Pack(new byte[45], 9, 8)),
            BmpBuilder.CoreFile(9, 5, 4, BmpBuilder.Palette(16, 3), BmpBuilder.Pack(new byte[45], 9, 4)),
            BmpBuilder.File(4, 4, 24, [], new byte[48]),
            BmpBuilder.File(4, 4, 32, [], new byte[64], 3, 124, [0xFF0000, 0xFF00, 0xFF, 0xFF000000]),
            BmpBuilder.File(4, 4, 16, [], new byte[32], 3, masks: [0xF800, 0x07E0, 0x001F]),
            BmpBuilder.File(6, 3, 8, palette, [3, 7, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 1, 4, 9, 0, 1], 1),
            BmpBuilder.File(5, 3, 4, sixteen, [5, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 0, 0, 5, 1, 0, 1], 2),
            BmpBuilder.File(6, -3, 8, palette, [9, 7, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 2, 0, 4, 9, 0, 1], 1),
            BmpBuilder.File(3, 2, 24, [], [2, 10, 20, 30, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 1], 4, headerBytes: 64),
            BmpBuilder.File(2, 1, 32, [], [3, 2, 1, 0, 6, 5, 4, 128], 0, 124, [0xFF0000, 0xFF00, 0xFF, 0xFF000000]),
        ];
        // One bit can name a colour of three bytes; run lengths have an allowance of 2¹⁶ pixels.
        Attack(new BmpDecoder(), seeds, length => (4 * MaxPixels) + (24L * length));
    }

    [Fact]
    public void Pnm()
    {
        List<byte[]> seeds =
        [
            [.. "P1\n# c\n4 3\n0101 1010 0 0 0 0\n"u8],
            [.. "P2\n4 2\n15\n0 1 2 3 4 5 6 15\n"u8],
            [.. "P3 # c\n2 1 65535\n0 1 2 300 65535 5\n"u8],
            [.. "P4\n9 3\n"u8, 1, 2, 3, 4, 5, 6],
            PnmEncoder.Encode(TestData.Image(9, 7, 1)),
            PnmEncoder.Encode(TestData.Image(5, 4, 3)),
            [.. "P5 3 2 1000\n"u8, 0, 1, 1, 2, 2, 1, 2, 2, 3, 0, 3, 0],
        ];
        // One bit becomes a byte.
        Attack(new PnmDecoder(), seeds, length => 8L * length);
    }

    [Fact]
    public void Gif()
    {
        byte[] colours = GifBuilder.Colours(16), pixels = [.. Enumerable.Range(0, 23 * 17).Select(i => (byte)(i * i / 7 % 16))];
        List<byte[]> seeds =
        [
            GifBuilder.File(23, 17, colours, GifBuilder.Frame(0, 0, 23, 17, pixels, 4)),
            GifBuilder.File(23, 17, colours, GifBuilder.Control(3), GifBuilder.Frame(0, 0, 23, 17, pixels, 4, interlaced: true)),
            GifBuilder.File(40, 30, [], GifBuilder.Control(), GifBuilder.Frame(5, 6, 23, 17, pixels, 4, local: colours)),
            GifBuilder.File(9, 3, GifBuilder.Colours(2), GifBuilder.Frame(0, 0, 9, 3, new byte[27], 2)),
            .. GifBuilder.Golden().Where(golden => golden.File.Length < 3000).Select(golden => golden.File),
        ];
        // Indices and four channels of screen; the data gathered from its blocks, twice.
        Attack(new GifDecoder(), seeds, length => (5 * MaxPixels) + (3L * length));
    }

    [Fact]
    public void Jpeg()
    {
        List<byte[]> seeds = [.. JpegGolden.Files.Select(golden => golden.File)];
        // Coefficients of 2 bytes, samples, pixels; a image of one row has blocks of eight.
        Attack(new JpegDecoder(), seeds, length => (24 * MaxPixels) + (4L * length));
    }

    [Fact]
    public void ReducedJpeg()
    {
        List<byte[]> seeds = [.. JpegGolden.Files.Select(golden => golden.File)];
        Attack(new ReducedJpegDecoder(), seeds, length => (24 * MaxPixels) + (4L * length));
    }

    [Fact]
    public void WebP()
    {
        List<byte[]> seeds = [.. WebPBuilder.Golden.Where(golden => golden.File.Length < 4000).Select(golden => golden.File)];
        // Four channels, the pixels that may be copied, and in narrow images a parameter of a transform for every four
        // pixels; a few bytes describe a Huffman table of half a kilobyte.
        Attack(new WebPDecoder(), seeds, length => (12 * MaxPixels) + (400L * length));
    }

    [Fact]
    public void Tiff()
    {
        List<byte[]> seeds = [.. TiffBuilder.Golden.Where(golden => golden.File.Length < 4000).Select(golden => golden.File)];
        // Four channels, samples of 16 bits, and padding of tiles up to four times them.
        Attack(new TiffDecoder(), seeds, length => (60 * MaxPixels) + (16 << 20) + (20L * length));
    }

    /// <summary>Decodes at 1/2, 1/4 and 1/8, by how long the file happens to be.</summary>
    private sealed class ReducedJpegDecoder : ImageDecoder
    {
        private readonly JpegDecoder _decoder = new();

        public override string FormatName => "reduced JPEG";

        public override bool CanDecode(ReadOnlySpan<byte> header) => _decoder.CanDecode(header);

        public override Image Decode(ReadOnlySpan<byte> file, ImageLimits limits)
        {
            int least = 1 << (file.Length % 6);
            return _decoder.DecodeReduced(file, limits, new MinSize(least, least), out _);
        }
    }

    private static void Attack(ImageDecoder decoder, List<byte[]> seeds, Func<int, long> maxBytes, Action<byte[]>? repair = null)
    {
        var limits = new ImageLimits { MaxPixels = MaxPixels };
        int read = 0, rejected = 0;
        double longest = 0, most = 0;
        foreach (byte[] seed in seeds)
        {
            // Reading whole seeds also loads the code, whose tables are no part of the measure.
            TryDecode(decoder, seed, limits, out _);
        }
        for (int i = 0; i < Mutants; i++)
        {
            var rng = new Rng(2024, (ulong)i);
            byte[] file = Mutations.Mutate(seeds, ref rng);
            if (repair is not null && rng.NextInt(4) != 0)
                repair(file);
            var watch = Stopwatch.StartNew();
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool ok = TryDecode(decoder, file, limits, out Image? image);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= maxBytes(file.Length) + 50_000, $"mutant {i} of {file.Length} bytes took {allocated} bytes");
            Assert.True(watch.ElapsedMilliseconds < 2000, $"mutant {i} took {watch.ElapsedMilliseconds} ms");
            longest = Math.Max(longest, watch.Elapsed.TotalMilliseconds);
            most = Math.Max(most, (double)allocated / (maxBytes(file.Length) + 50_000));
            if (ok)
                Assert.InRange((long)image!.Width * image.Height, 1, MaxPixels);
            (read, rejected) = ok ? (read + 1, rejected) : (read, rejected + 1);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{decoder.FormatName}: {Mutants} mutants, {read} read, {rejected} rejected, at most {longest:f1} ms and {100 * most:f0} % of the memory allowed"));
        // The attack is worth something only if it gets past the front door, and is noticed there too.
        Assert.True(read > Mutants / 100 && rejected > Mutants / 10, $"{read} read, {rejected} rejected");
    }

    private static bool TryDecode(ImageDecoder decoder, byte[] file, ImageLimits limits, out Image? image)
    {
        image = null;
        try
        {
            image = decoder.Decode(file, limits);
            return true;
        }
        catch (ImageFormatException)
        {
            return false;
        }
    }
}
