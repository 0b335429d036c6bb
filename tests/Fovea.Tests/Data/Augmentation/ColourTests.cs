using Fovea.Data.Augmentation;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Augmentation;

public class ColourTests
{
    private static readonly Shape OnePixel = new(3, 1, 1);

    [Theory]
    // Red, yellow, green, cyan, blue, magenta lie a sixth apart; what is in between keeps its largest and smallest value.
    [InlineData(1, 0, 0, 1 / 3.0, 0, 1, 0)]
    [InlineData(1, 0, 0, -1 / 3.0, 0, 0, 1)]
    [InlineData(0, 1, 0, 1 / 6.0, 0, 1, 1)]
    [InlineData(0.2, 0.4, 0.8, 0.5, 0.8, 0.6, 0.2)]
    [InlineData(0.5, 0.5, 0.5, 0.3, 0.5, 0.5, 0.5)]
    [InlineData(0.9, 0.3, 0.6, 1, 0.9, 0.3, 0.6)]
    public void Hues_turn_around_the_circle(double r, double g, double b, double turn, double red, double green, double blue)
    {
        Canvas canvas = Of(r, g, b);
        Colours.TurnHue(canvas, turn);
        Expect(canvas, red, green, blue);
    }

    [Fact]
    public void Brightness_contrast_and_saturation_blend_with_black_grey_and_the_grey_image()
    {
        double luma = 0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.7;
        Canvas canvas = Of(0.2, 0.4, 0.7);
        Colours.Brighten(canvas, 1.5);
        Expect(canvas, 0.3, 0.6, 1);
        canvas = Of(0.2, 0.4, 0.7);
        Colours.Saturate(canvas, 0);
        Expect(canvas, luma, luma, luma);
        canvas = Of(0.2, 0.4, 0.7);
        Colours.Contrast(canvas, 0.5);
        Expect(canvas, (0.2 + luma) / 2, (0.4 + luma) / 2, (0.7 + luma) / 2);
        var grey = new Canvas(new Shape(1, 1, 2));
        ((float[])[0.2f, 0.6f]).CopyTo(grey.Start());
        Colours.Contrast(grey, 2);
        Assert.Equal(0, grey.Pixels[0], 1e-6);
        Assert.Equal(0.8, grey.Pixels[1], 1e-6);
        Colours.Saturate(grey, 0);
        Colours.TurnHue(grey, 0.2);
        Assert.Equal(0.8, grey.Pixels[1], 1e-6);
    }

    [Fact]
    public void Tones_are_cut_turned_stretched_and_spread()
    {
        Canvas canvas = Of(0.2, 0.5, 1);
        Tones.Posterize(canvas, 1);
        Expect(canvas, 0, 128 / 255.0, 128 / 255.0);
        canvas = Of(0.2, 0.5, 1);
        Tones.Solarize(canvas, 0.4);
        Expect(canvas, 0.2, 0.5, 0);

        var row = new Canvas(new Shape(1, 1, 4));
        ((float[])[0.2f, 0.3f, 0.3f, 0.4f]).CopyTo(row.Start());
        Tones.Level(row);
        Assert.Equal([0f, 0.5f, 0.5f, 1f], row.Pixels.ToArray().Select(x => MathF.Round(x, 5)));
        Tones.Equalize(row);
        Assert.Equal([0.125f, 0.5f, 0.5f, 0.875f], row.Pixels.ToArray());
        ((float[])[0.2f, 0.2f, 0.2f, 0.2f]).CopyTo(row.Start());
        Tones.Level(row);
        Tones.Equalize(row);
        Assert.Equal([0.2f, 0.2f, 0.2f, 0.2f], row.Pixels.ToArray());
    }

    [Fact]
    public void Sharpening_blends_with_the_smoothed_image()
    {
        var canvas = new Canvas(new Shape(1, 3, 3));
        ((float[])[0, 0, 0, 0, 0.5f, 0.26f, 0, 0, 0]).CopyTo(canvas.Start());
        Tones.Sharpen(canvas, 0);
        Assert.Equal((5 * 0.5 + 0.26) / 13, canvas.Pixels[4], 1e-6);
        Assert.Equal(0.26f, canvas.Pixels[5]);
    }

    [Fact]
    public void Random_changes_of_all_kinds_keep_pixels_where_they_belong()
    {
        var canvas = new Canvas(new Shape(3, 9, 11));
        Augmenter augmenter = Augmenter.Parse("randaugment:3:30");
        var results = new HashSet<float>();
        for (ulong i = 0; i < 500; i++)
        {
            var rng = new Rng(i);
            foreach (ref float pixel in canvas.Start())
                pixel = rng.NextInt(256) / 255f;
            augmenter.Apply(canvas, 1, 0, i);
            Assert.All(canvas.Pixels.ToArray(), pixel => Assert.InRange(pixel, 0, 1));
            results.Add(canvas.Pixels[40]);
        }
        Assert.True(results.Count > 100);
    }

    private static Canvas Of(double red, double green, double blue)
    {
        var canvas = new Canvas(OnePixel);
        ((float[])[(float)red, (float)green, (float)blue]).CopyTo(canvas.Start());
        return canvas;
    }

    private static void Expect(Canvas canvas, double red, double green, double blue)
    {
        Assert.Equal(red, canvas.Pixels[0], 1e-6);
        Assert.Equal(green, canvas.Pixels[1], 1e-6);
        Assert.Equal(blue, canvas.Pixels[2], 1e-6);
    }
}
