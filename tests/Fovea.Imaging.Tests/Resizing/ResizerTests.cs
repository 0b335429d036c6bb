using Fovea.Imaging.Resizing;
using Fovea.Tensors;

namespace Fovea.Imaging.Tests.Resizing;

public class ResizerTests
{
    /// <summary>tools/golden/resize.py, Pillow 9.4.</summary>
    [Fact]
    public void Sizes_change_as_in_Pillow()
    {
        using var reader = new StreamReader(typeof(ResizerTests).Assembly.GetManifestResourceStream("resize.txt")!);
        int cases = 0, exact = 0;
        while (reader.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            int channels = words[0] switch { "L" => 1, "LA" => 2, "RGB" => 3, _ => 4 };
            int[] sizes = [.. words[2..6].Select(int.Parse)];
            Image image = Formula(sizes[0], sizes[1], channels);
            Image result = words[1] == "luma"
                ? ImageConversion.ToGrey(image)
                : Resizer.Resize(image, sizes[2], sizes[3], Enum.Parse<ResizeFilter>(words[1], ignoreCase: true));
            byte[] expected = Convert.FromBase64String(words[6]);
            Assert.Equal(expected.Length, result.Pixels.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - result.Pixels[i]) <= 1, $"{string.Join(' ', words[..6])}: sample {i} is {result.Pixels[i]}, Pillow's {expected[i]}");
            cases++;
            exact += result.Pixels.SequenceEqual(expected) ? 1 : 0;
        }
        Assert.True(cases > 100, $"{cases} cases");
        Assert.Equal(cases, exact);
    }

    [Fact]
    public void One_colour_stays_that_colour()
    {
        foreach (ResizeFilter filter in Enum.GetValues<ResizeFilter>())
            foreach ((int width, int height) in ((int, int)[])[(1, 1), (3, 90), (200, 7)])
            {
                var image = new Image(41, 29, 4);
                for (int i = 0; i < image.Pixels.Length; i++)
                    image.Pixels[i] = (byte)(i % 4 == 3 ? 255 : 60 + (i % 4));
                Image result = Resizer.Resize(image, width, height, filter);
                for (int i = 0; i < result.Pixels.Length; i++)
                    Assert.Equal(i % 4 == 3 ? 255 : 60 + (i % 4), result.Pixels[i]);
            }
    }

    [Fact]
    public void What_is_transparent_does_not_bleed()
    {
        // Opaque grey 80 beside invisible 255: halving must not mix them.
        var image = new Image(2, 1, 2, [80, 255, 255, 0]);
        Image result = Resizer.Resize(image, 1, 1, ResizeFilter.Box);
        Assert.InRange(result.Pixels[0], 79, 81);
        Assert.Equal(128, result.Pixels[1]);
    }

    [Fact]
    public void A_letterbox_keeps_the_whole_picture_between_bars()
    {
        var image = new Image(4, 2, 3);
        image.Pixels.Fill(200);
        Image result = Resizer.Fit(image, 4, 4, FitMode.Letterbox, background: new Colour(1, 2, 3));
        for (int y = 0; y < 4; y++)
            Assert.Equal(y is 1 or 2 ? [200, 200, 200] : [1, 2, 3], result.Row(y)[..3].ToArray());
        Assert.Equal((5, 3), Size(Resizer.Fit(new Image(1000, 1, 1), 5, 3, FitMode.Letterbox)));
    }

    [Fact]
    public void A_centre_crop_fills_the_frame()
    {
        var image = new Image(6, 2, 1, [9, 9, 1, 2, 9, 9, 9, 9, 3, 4, 9, 9]);
        Assert.Equal([1, 2, 3, 4], Resizer.Fit(image, 2, 2, FitMode.CentreCrop).Pixels.ToArray());
        Assert.Equal((5, 3), Size(Resizer.Fit(new Image(1, 1000, 1), 5, 3, FitMode.CentreCrop)));
        Assert.Equal((5, 3), Size(Resizer.Fit(image, 5, 3, FitMode.Stretch)));
    }

    /// <summary>Vectors of 16 bits and the plain loop give the same bytes, whatever the sizes, and keep to the image.</summary>
    [Fact]
    public void Vectors_give_what_the_plain_loop_gives()
    {
        if (!RowSums.HasVectors)
            return;
        var rng = new Rng(11);
        int different = 0;
        for (int i = 0; i < 300; i++)
        {
            int channels = 1 + (i % 4), from = 1 + rng.NextInt(i % 7 == 0 ? 3000 : 90), to = 1 + rng.NextInt(60), height = 1 + rng.NextInt(9);
            Image image = TestData.Image(from, height, channels, (ulong)i);
            foreach (ResizeFilter filter in Enum.GetValues<ResizeFilter>())
            {
                var weights = new ResizeWeights(from, to, filter);
                Image plain = new(to, height, channels), vectors = new(to, height, channels);
                RowSums.Resize(image, plain, 0, weights, vectors: false);
                RowSums.Resize(image, vectors, 0, weights, vectors: true);
                Assert.True(plain.Pixels.SequenceEqual(vectors.Pixels), $"{from} to {to} pixels, {height} rows, {channels} channels, {filter}");
                different += plain.Pixels.Contains((byte)77) ? 1 : 0;
            }
        }
        Assert.True(different > 100, "the images are empty");
    }

    [Fact]
    public void A_border_surrounds_the_picture()
    {
        var image = new Image(2, 1, 3, [10, 11, 12, 20, 21, 22]);
        Image result = image.Pad(1, 2, 0, 1, new Colour(1, 2, 3));
        Assert.Equal((3, 4), Size(result));
        Assert.Equal([1, 2, 3, 10, 11, 12, 20, 21, 22], result.Row(2).ToArray());
        foreach (int y in (int[])[0, 1, 3])
            Assert.Equal([1, 2, 3, 1, 2, 3, 1, 2, 3], result.Row(y).ToArray());
        Assert.Equal([18, 255, 5, 6], new Image(1, 1, 2, [5, 6]).Pad(1, 0, 0, 0, new Colour(60, 0, 0)).Pixels.ToArray());
        Assert.True(image.Pixels.SequenceEqual(image.Pad(0, 0, 0, 0).Pixels));
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Pad(0, 0, -1, 0));
    }

    private static (int, int) Size(Image image) => (image.Width, image.Height);

    private static Image Formula(int width, int height, int channels)
    {
        var image = new Image(width, height, channels);
        int i = 0;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                    image.Pixels[i++] = (byte)(((x * x * 3) + (y * x * 7) + (y * 29) + (c * 61)) ^ ((((x / 3) + (y / 4)) % 2) * 255));
        return image;
    }
}
