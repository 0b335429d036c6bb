using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Fovea.Imaging.Jpeg;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Jpeg;

public unsafe class ReducedJpegTests
{
    /// <summary>The lines of Golden/jpeg-reduced.txt, which tools/golden/jpeg_reduced.py wrote with Pillow.</summary>
    [Fact]
    public void A_half_a_quarter_and_an_eighth_are_those_of_libjpeg()
    {
        using Stream stream = typeof(ReducedJpegTests).Assembly.GetManifestResourceStream("jpeg-reduced.txt")!;
        using var reader = new StreamReader(stream);
        string[][] lines = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
        Dictionary<string, byte[]> files = JpegGolden.Files.ToDictionary(file => file.Name, file => file.File);
        if (TestData.Find("images/photos") is string folder)
            foreach (string path in Directory.GetFiles(folder, "*.jpg"))
                files.Add("photo:" + Path.GetFileName(path), File.ReadAllBytes(path));
        List<string> wrong = [];
        int compared = 0;
        foreach (string[] line in lines.Where(line => files.ContainsKey(line[0])))
        {
            (int width, int height) = (int.Parse(line[2], CultureInfo.InvariantCulture), int.Parse(line[3], CultureInfo.InvariantCulture));
            Image image = ImageFile.DecodeReduced(files[line[0]], width, height, out (int Width, int Height) whole);
            int denominator = int.Parse(line[1], CultureInfo.InvariantCulture);
            // Tiny images have the same size at several fractions, of which the smallest is taken.
            if ((whole.Width + (2 * denominator) - 1) / (2 * denominator) == width && (whole.Height + (2 * denominator) - 1) / (2 * denominator) == height && denominator < 8)
                continue;
            compared++;
            if (JpegGolden.Size(image) != string.Join(' ', line[2..5]) || JpegGolden.Hash(image.Pixels) != line[5])
                wrong.Add($"{line[0]} at 1/{denominator} ({image})");
        }
        Assert.Empty(wrong);
        Assert.True(compared > 180, $"{compared} compared");
    }

    [Theory]
    [InlineData(500, 375, 128, 128, 250, 188)]
    [InlineData(500, 375, 125, 94, 125, 94)]
    [InlineData(500, 375, 126, 94, 250, 188)]
    [InlineData(500, 375, 10, 10, 63, 47)]
    [InlineData(500, 375, 250, 189, 500, 375)]
    [InlineData(500, 375, 1000, 10, 500, 375)]
    public void An_image_is_never_smaller_than_asked_for(int width, int height, int minWidth, int minHeight, int newWidth, int newHeight)
    {
        byte[] file = JpegEncoder.Encode(TestData.Image(width, height, 3), 80);
        Image image = ImageFile.DecodeReduced(file, minWidth, minHeight, out (int Width, int Height) whole);
        Assert.Equal((newWidth, newHeight), (image.Width, image.Height));
        Assert.Equal((width, height), whole);
    }

    [Fact]
    public void Samples_are_means_of_the_whole_transforms()
    {
        var rng = new Rng(8);
        short[] block = new short[64], steps = [.. Enumerable.Repeat((short)1, 64)];
        byte[] whole = new byte[64], reduced = new byte[64];
        for (int trial = 0; trial < 1000; trial++)
        {
            Array.Clear(block);
            for (int i = 0; i < 12; i++)
                block[rng.NextInt(64)] = (short)(rng.NextInt(161) - 80);
            fixed (short* b = block, s = steps)
            fixed (byte* w = whole, r = reduced)
            {
                InverseDct.Transform(b, s, w, 8);
                foreach (int side in (int[])[4, 2, 1])
                {
                    ReducedDct.Transform(b, s, r, 8, side);
                    int cell = 8 / side;
                    for (int i = 0; i < side * side; i++)
                    {
                        double sum = 0;
                        for (int j = 0; j < cell * cell; j++)
                            sum += w[(((i / side * cell) + (j / cell)) * 8) + (i % side * cell) + (j % cell)];
                        Assert.InRange(r[(i / side * 8) + (i % side)] - (sum / (cell * cell)), -1.05, 1.05);
                    }
                }
            }
        }
    }

    [Fact]
    public void All_ways_to_compute_it_give_the_same_bits()
    {
        if (!Avx2.IsSupported)
            Console.WriteLine("skipped: this processor has no AVX2 to compare with");
        var rng = new Rng(9);
        short[] block = new short[64], steps = new short[64];
        byte[] vectors = new byte[64], scalar = new byte[64];
        for (int trial = 0; trial < 5000 && Avx2.IsSupported; trial++)
        {
            int range = 1 << (1 + (trial % 8));
            for (int i = 0; i < 64; i++)
            {
                steps[i] = (short)(1 + rng.NextInt(2));
                block[i] = (short)(rng.NextInt((2 * range) + 1) - range);
            }
            fixed (short* b = block, s = steps)
            fixed (byte* v = vectors, p = scalar)
            {
                foreach (int side in (int[])[4, 2])
                {
                    ReducedDct.Transform(b, s, v, 8, side);
                    ReducedDct.TransformScalar(b, s, p, 8, side);
                    Assert.Equal(scalar, vectors);
                }
            }
        }
    }
}
