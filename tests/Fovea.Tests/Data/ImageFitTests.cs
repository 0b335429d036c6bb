using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class ImageFitTests
{
    [Theory]
    [InlineData(28, 28, 16, 16)]
    [InlineData(28, 28, 56, 56)]
    [InlineData(50, 37, 16, 24)]
    [InlineData(7, 40, 90, 13)]
    [InlineData(5, 5, 1, 1)]
    [InlineData(1, 1, 40, 40)]
    public void Scaling_agrees_with_its_definition(int height, int width, int newHeight, int newWidth)
    {
        float[] image = RandomImage(height * width);
        var fit = new ImageFit(new Shape(1, height, width), new Shape(1, newHeight, newWidth));
        Assert.True(fit.IsScaled);
        var actual = new float[newHeight * newWidth];
        fit.Apply(image, actual);
        for (int h = 0; h < newHeight; h++)
            for (int w = 0; w < newWidth; w++)
            {
                double expected = 0;
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        expected += Weight(height, newHeight, y, h) * Weight(width, newWidth, x, w) * image[y * width + x];
                Assert.Equal(expected, actual[h * newWidth + w], 1e-5);
            }
    }

    [Theory]
    [InlineData(3, 375, 500, 3, 64, 64)]
    [InlineData(3, 60, 90, 3, 64, 64)]
    [InlineData(1, 50, 37, 3, 16, 24)]
    [InlineData(3, 50, 37, 1, 16, 24)]
    [InlineData(1, 40, 7, 1, 13, 90)]
    [InlineData(3, 1, 1, 3, 40, 40)]
    [InlineData(1, 28, 28, 3, 32, 31)]
    [InlineData(3, 28, 28, 1, 32, 31)]
    [InlineData(3, 16, 16, 3, 16, 16)]
    [InlineData(3, 16, 16, 1, 16, 16)]
    public void Bytes_are_converted_as_floats_are_and_rounded_once(int channels, int height, int width, int newChannels, int newHeight, int newWidth)
    {
        var fit = new ImageFit(new Shape(channels, height, width), new Shape(newChannels, newHeight, newWidth));
        var rng = new Rng(3);
        byte[] image = [.. Enumerable.Range(0, fit.From.Length).Select(i => i < 256 ? (byte)i : (byte)rng.NextInt(256))], actual = new byte[fit.To.Length];
        float[] planes = new float[fit.From.Length], floats = new float[fit.To.Length];
        for (int i = 0; i < image.Length; i++)
            planes[(i % channels * height * width) + (i / channels)] = image[i] * (1f / 255f);
        fit.Apply(planes, floats);
        fit.Apply(image, actual);
        Assert.Equal([.. floats.Select(value => (byte)Math.Clamp((value * 255) + 0.5f, 0, 255))], actual);
    }

    [Fact]
    public void Scaling_down_keeps_the_mean_and_scaling_keeps_what_is_even()
    {
        float[] image = RandomImage(28 * 28), small = new float[16 * 16];
        new ImageFit(new Shape(1, 28, 28), new Shape(1, 16, 16)).Apply(image, small);
        Assert.Equal(image.Average(x => (double)x), small.Average(x => (double)x), 1e-6);

        float[] large = new float[77 * 61];
        new ImageFit(new Shape(1, 28, 28), new Shape(1, 77, 61)).Apply([.. Enumerable.Repeat(0.3f, 784)], large);
        Assert.All(large, x => Assert.Equal(0.3f, x, 1e-6f));
    }

    [Theory]
    [InlineData(32, 32, 2, 2)]
    [InlineData(29, 31, 0, 1)]
    [InlineData(44, 28, 8, 0)]
    public void A_little_more_room_becomes_a_border_of_zeros(int height, int width, int top, int left)
    {
        float[] image = [.. RandomImage(28 * 28).Select(x => x + 0.1f)];
        var fit = new ImageFit(new Shape(1, 28, 28), new Shape(1, height, width));
        Assert.True(fit.IsPadded);
        float[] actual = [.. Enumerable.Repeat(-1f, height * width)];
        fit.Apply(image, actual);
        for (int h = 0; h < height; h++)
            for (int w = 0; w < width; w++)
            {
                bool inside = h >= top && h < top + 28 && w >= left && w < left + 28;
                Assert.Equal(inside ? image[(h - top) * 28 + w - left] : 0, actual[h * width + w]);
            }
    }

    [Theory]
    [InlineData(45, 28, false, true)]
    [InlineData(44, 44, true, false)]
    [InlineData(27, 30, false, true)]
    [InlineData(28, 28, false, false)]
    public void Padding_is_for_small_differences_only(int height, int width, bool padded, bool scaled)
    {
        var fit = new ImageFit(new Shape(1, 28, 28), new Shape(1, height, width));
        Assert.Equal((padded, scaled), (fit.IsPadded, fit.IsScaled));
        Assert.Equal(!padded && !scaled, fit.IsIdentity);
    }

    [Fact]
    public void Grey_is_copied_to_all_channels_and_colour_becomes_luma()
    {
        var colour = new float[12];
        new ImageFit(new Shape(1, 2, 2), new Shape(3, 2, 2)).Apply([0.1f, 0.2f, 0.3f, 0.4f], colour);
        Assert.Equal([0.1f, 0.2f, 0.3f, 0.4f, 0.1f, 0.2f, 0.3f, 0.4f, 0.1f, 0.2f, 0.3f, 0.4f], colour);

        // Pure red, green and blue, and white.
        var grey = new float[4];
        new ImageFit(new Shape(3, 2, 2), new Shape(1, 2, 2)).Apply([1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1], grey);
        Assert.Equal(0.299f, grey[0], 1e-6f);
        Assert.Equal(0.587f, grey[1], 1e-6f);
        Assert.Equal(0.114f, grey[2], 1e-6f);
        Assert.Equal(1f, grey[3], 1e-6f);
    }

    [Fact]
    public void Colour_and_size_change_together()
    {
        float[] image = RandomImage(3 * 20 * 20), grey = new float[400], expected = new float[100], actual = new float[100];
        var shape = new Shape(3, 20, 20);
        new ImageFit(shape, new Shape(1, 20, 20)).Apply(image, grey);
        new ImageFit(new Shape(1, 20, 20), new Shape(1, 10, 10)).Apply(grey, expected);
        var fit = new ImageFit(shape, new Shape(1, 10, 10));
        fit.Apply(image, actual);
        Assert.Equal(expected, actual);
        Assert.Equal("scaled from 20×20 to 10×10, colour to grey", fit.ToString());
        Assert.Equal("padded from 20×20 to 24×24, grey to colour", new ImageFit(new Shape(1, 20, 20), new Shape(3, 24, 24)).ToString());
        Assert.Equal("as it is", new ImageFit(shape, shape).ToString());
    }

    [Fact]
    public void A_data_set_is_fitted_image_by_image()
    {
        MemoryDataset data = NormalizationTests.Colours(40);
        Assert.Same(data, DatasetAdapter.Fit(data, new Shape(3, 4, 5)));
        var shape = new Shape(1, 2, 3);
        IDataset fitted = DatasetAdapter.Fit(data, shape);
        Assert.Equal(shape, fitted.ImageShape);
        Assert.Equal(data.ClassNames, fitted.ClassNames);
        var fit = new ImageFit(data.ImageShape, shape);
        float[] source = new float[60], expected = new float[6], actual = new float[6];
        for (int i = 0; i < 40; i++)
        {
            data.Read(i, source);
            fit.Apply(source, expected);
            fitted.Read(i, actual);
            Assert.Equal(data.Label(i), fitted.Label(i));
            for (int p = 0; p < 6; p++)
                Assert.Equal(expected[p], actual[p], 0.5 / 255 + 1e-6);
        }
    }

    [Fact]
    public void Shapes_that_are_no_images_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ImageFit(new Shape(1, 2, 2), new Shape(4)));
        Assert.Throws<ArgumentException>(() => new ImageFit(new Shape(1, 2, 2), new Shape(2, 2, 2)));
        Assert.Throws<ArgumentException>(() => new ImageFit(new Shape(1, 2, 2), new Shape(1, 2, 3)).Apply(new byte[4], new byte[5]));
        Assert.Throws<ArgumentException>(() => new ImageFit(new Shape(1, 2, 2), new Shape(1, 2, 3)).Apply(new float[4], new float[5]));
        Assert.Throws<ArgumentException>(() => DatasetAdapter.Fit(NormalizationTests.Colours(1000), new Shape(3, 10_000, 10_000)));
    }

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 255)]
    [InlineData(2f, 255)]
    [InlineData(-1f, 0)]
    [InlineData(float.NaN, 0)]
    [InlineData(0.5f, 128)]
    [InlineData(100.4f / 255, 100)]
    public void Floats_round_to_the_nearest_byte(float value, byte expected)
    {
        // Enough for vectors and a rest.
        var actual = new byte[135];
        PixelConversion.ToByte([.. Enumerable.Repeat(value, actual.Length)], actual);
        Assert.All(actual, rounded => Assert.Equal(expected, rounded));
    }

    /// <summary>How much of old pixel <paramref name="old"/> goes into a new one, from the definition.</summary>
    private static double Weight(int from, int to, int old, int pixel)
    {
        double scale = (double)from / to;
        if (to <= from)
            return Math.Max(0, Math.Min((pixel + 1) * scale, old + 1) - Math.Max(pixel * scale, old)) / scale;
        double centre = Math.Clamp((pixel + 0.5) * scale - 0.5, 0, from - 1);
        return Math.Max(0, 1 - Math.Abs(centre - old));
    }

    private static float[] RandomImage(int length)
    {
        var rng = new Rng(8);
        return [.. Enumerable.Range(0, length).Select(_ => (float)rng.NextDouble())];
    }
}
