using Fovea.Data.Augmentation;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Augmentation;

public class StepTests
{
    private static readonly Shape Grey = new(1, 28, 28), Colour = new(3, 24, 32);

    [Theory]
    [InlineData("rotate:0")]
    [InlineData("scale:1:1")]
    [InlineData("translate:0")]
    [InlineData("shear:0:0")]
    [InlineData("crop:0")]
    [InlineData("flip@0")]
    [InlineData("elastic:0:4")]
    [InlineData("brightness:0")]
    [InlineData("noise:0")]
    [InlineData("blur:0")]
    [InlineData("none")]
    [InlineData("rotate:90@0,mixup:1@0")]
    public void Without_strength_no_pixel_changes(string text)
    {
        foreach (Shape shape in (Shape[])[Grey, Colour])
            Assert.Equal(Image(shape), Apply(text, Image(shape), shape));
    }

    [Theory]
    [InlineData("contrast:0")]
    [InlineData("saturation:0")]
    [InlineData("hue:0")]
    public void Without_strength_colours_change_by_rounding_only(string text)
    {
        float[] image = Image(Colour), result = Apply(text, image, Colour);
        for (int i = 0; i < image.Length; i++)
            Assert.Equal(image[i], result[i], 1e-6);
    }

    [Theory]
    [InlineData("flip:horizontal@1", true, false)]
    [InlineData("mirror@1", true, false)]
    [InlineData("flip:vertical@1", false, true)]
    public void Flips_are_exact(string text, bool horizontal, bool vertical)
    {
        foreach (Shape shape in (Shape[])[Grey, Colour])
        {
            float[] image = Image(shape), result = Apply(text, image, shape);
            for (int c = 0; c < shape.Channels; c++)
                for (int y = 0; y < shape.Height; y++)
                    for (int x = 0; x < shape.Width; x++)
                        Assert.Equal(
                            image[(c * shape.Height + (vertical ? shape.Height - 1 - y : y)) * shape.Width + (horizontal ? shape.Width - 1 - x : x)],
                            result[(c * shape.Height + y) * shape.Width + x]);
        }
    }

    [Fact]
    public void Half_of_the_images_are_flipped_and_both_directions_are_independent()
    {
        float[] image = Image(Grey), mirrored = Apply("flip@1", image, Grey), upsideDown = Apply("flip:vertical@1", image, Grey);
        int[] single = new int[2], both = new int[4];
        for (ulong i = 0; i < 2000; i++)
        {
            single[Apply("flip", image, Grey, i).SequenceEqual(mirrored) ? 1 : 0]++;
            float[] result = Apply("flip:both", image, Grey, i);
            both[result.SequenceEqual(image) ? 0 : result.SequenceEqual(mirrored) ? 1 : result.SequenceEqual(upsideDown) ? 2 : 3]++;
        }
        // Five deviations each.
        Assert.InRange(single[1], 888, 1112);
        Assert.All(both, count => Assert.InRange(count, 403, 597));
    }

    [Fact]
    public void Moves_add_up_to_one_resampling()
    {
        // Four quarter turns, or a shear and its inverse, are no change at all; interpolating each would blur.
        var canvas = new Canvas(Grey);
        float[] image = Image(Grey);
        image.CopyTo(canvas.Start());
        for (int i = 0; i < 4; i++)
            canvas.Move(0, -1, 1, 0);
        canvas.Move(1, 0.3, 0, 1, 2, -1);
        canvas.Move(1, -0.3, 0, 1, -2.3, 1);
        for (int i = 0; i < image.Length; i++)
            Assert.Equal(image[i], canvas.Pixels[i], 1e-4);
    }

    [Fact]
    public void A_quarter_turn_puts_the_top_to_the_left()
    {
        var canvas = new Canvas(new Shape(1, 3, 3));
        ((float[])[.1f, .2f, .3f, 0, 0, 0, 0, 0, 0]).CopyTo(canvas.Start());
        Rotate.Turn(canvas, 90);
        float[] expected = [.3f, 0, 0, .2f, 0, 0, .1f, 0, 0];
        for (int i = 0; i < 9; i++)
            Assert.Equal(expected[i], canvas.Pixels[i], 1e-5);
    }

    [Theory]
    [InlineData("rotate:180")]
    [InlineData("translate:0.2")]
    [InlineData("shear:20:20")]
    [InlineData("elastic:34:4")]
    public void Mass_in_the_middle_stays_about_the_same_and_inside(string text)
    {
        var image = new float[784];
        for (int y = 10; y < 18; y++)
            image.AsSpan(y * 28 + 10, 8).Fill(1);
        double sum = 0;
        for (ulong i = 0; i < 300; i++)
        {
            float[] result = Apply(text, image, Grey, i);
            Assert.All(result, pixel => Assert.InRange(pixel, 0, 1));
            sum += result.Sum() / 64 / 300;
        }
        Assert.InRange(sum, 0.93, 1.07);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Scaling_changes_area_by_the_square(double factor)
    {
        float[] image = new float[784];
        for (int y = 9; y < 19; y++)
            image.AsSpan(y * 28 + 9, 10).Fill(1);
        float[] result = new float[784];
        var canvas = new Canvas(Grey);
        image.CopyTo(canvas.Start());
        var rng = new Rng(1);
        new Scale(factor, factor).Apply(ref rng, canvas);
        canvas.Pixels.CopyTo(result);
        Assert.Equal(100 * factor * factor, result.Sum(), 0.1 * 100 * factor * factor);
    }

    [Fact]
    public void Elastic_displacements_have_the_deviation_that_theory_gives()
    {
        // Uniform noise in [−1, 1] has variance 1/3; a Gaussian of σ leaves 1 / (4πσ²) of it away from the edge.
        var elastic = new Elastic(alpha: 34, sigma: 4);
        var canvas = new Canvas(new Shape(1, 64, 64));
        double sumX = 0, sumY = 0, squares = 0, product = 0;
        int count = 0;
        for (ulong i = 0; i < 400; i++)
        {
            var rng = new Rng(1, i);
            canvas.Start();
            elastic.Apply(ref rng, canvas);
            canvas.Displacement(out Span<float> x, out Span<float> y);
            foreach (int at in (int[])[20 * 64 + 20, 20 * 64 + 44, 44 * 64 + 20, 44 * 64 + 44])
            {
                sumX += x[at];
                sumY += y[at];
                squares += (double)x[at] * x[at] + (double)y[at] * y[at];
                product += (double)x[at] * y[at];
                count++;
            }
        }
        double deviation = 34 * Math.Sqrt(1.0 / 3 / (4 * Math.PI * 16));
        Assert.Equal(deviation, Math.Sqrt(squares / (2 * count)), 0.05 * deviation);
        Assert.Equal(0, sumX / count, 5 * deviation / Math.Sqrt(count));
        Assert.Equal(0, sumY / count, 5 * deviation / Math.Sqrt(count));
        Assert.Equal(0, product / count, 5 * deviation * deviation / Math.Sqrt(count));
    }

    [Fact]
    public void Elastic_displacements_are_the_smoothed_noise_of_the_formula()
    {
        const int Height = 9, Width = 13;
        var canvas = new Canvas(new Shape(1, Height, Width));
        canvas.Start();
        var rng = new Rng(5);
        new Elastic(10, 1.5).Apply(ref rng, canvas);
        canvas.Displacement(out Span<float> x, out Span<float> y);
        // The same draws: 32 values at a time, the first Width of which make a row.
        rng = new Rng(5);
        var noise = new double[2 * Height, Width];
        for (int row = 0; row < 2 * Height; row++)
            for (int draw = 0; draw < 8; draw++)
            {
                ulong bits = rng.NextUInt64();
                for (int k = 0; k < 4; k++, bits >>= 16)
                    if (draw * 4 + k < Width)
                        noise[row, draw * 4 + k] = (short)bits / 32768.0;
            }
        double[] taps = [.. Enumerable.Range(-5, 11).Select(t => Math.Exp(-t * t / (2 * 1.5 * 1.5)))];
        double total = taps.Sum();
        for (int field = 0; field < 2; field++)
            for (int row = 0; row < Height; row++)
                for (int column = 0; column < Width; column++)
                {
                    double sum = 0;
                    for (int dy = -5; dy <= 5; dy++)
                        for (int dx = -5; dx <= 5; dx++)
                            if (row + dy is >= 0 and < Height && column + dx is >= 0 and < Width)
                                sum += taps[dy + 5] * taps[dx + 5] / total / total * noise[field * Height + row + dy, column + dx];
                    Assert.Equal(10 * sum, (field == 0 ? x : y)[row * Width + column], 1e-4);
                }
    }

    [Fact]
    public void A_padded_crop_moves_by_whole_pixels_as_far_as_it_may()
    {
        var image = new float[784];
        image[14 * 28 + 14] = 1;
        var seen = new HashSet<int>();
        for (ulong i = 0; i < 500; i++)
        {
            float[] result = Apply("crop:2", image, Grey, i);
            seen.Add(Array.IndexOf(result, 1));
        }
        Assert.Equal(25, seen.Count);
        Assert.All(seen, at => Assert.True(Math.Abs(at / 28 - 14) <= 2 && Math.Abs(at % 28 - 14) <= 2));
    }

    [Fact]
    public void A_resized_crop_stays_inside_the_image()
    {
        // On an even image that lies in a black world nothing black may come in.
        float[] image = [.. Enumerable.Repeat(1f, Colour.Length)];
        for (ulong i = 0; i < 500; i++)
            Assert.All(Apply("resized-crop:0.05:1", image, Colour, i), pixel => Assert.InRange(pixel, 0.999f, 1));
    }

    [Fact]
    public void Gaps_are_filled_as_the_border_says()
    {
        float[] image = Image(Grey);
        float[] black = Shifted("black"), edge = Shifted("edge"), mirror = Shifted("mirror");
        for (int x = 0; x < 3; x++)
            Assert.Equal((0, image[5 * 28], image[5 * 28 + 3 - x]), (black[5 * 28 + x], edge[5 * 28 + x], mirror[5 * 28 + x]));
        Assert.Equal(image[5 * 28 + 4], black[5 * 28 + 7]);

        float[] Shifted(string border)
        {
            var canvas = new Canvas(Grey, Augmenter.Parse("border:" + border).Border);
            image.CopyTo(canvas.Start());
            canvas.Move(1, 0, 0, 1, -3, 0);
            return canvas.Pixels.ToArray();
        }
    }

    [Fact]
    public void Cutout_covers_a_square_with_the_fill_values()
    {
        double[] fill = [0.25, 0.5, 0.75];
        float[] image = [.. Enumerable.Repeat(-1f, Colour.Length)];
        int most = 0, plane = Colour.Height * Colour.Width;
        for (ulong i = 0; i < 200; i++)
        {
            var canvas = new Canvas(Colour, fill: fill);
            image.CopyTo(canvas.Start());
            Augmenter.Parse("cutout:6").Apply(canvas, 1, 0, i);
            float[] result = canvas.Pixels.ToArray();
            for (int c = 0; c < 3; c++)
                Assert.All(result[(c * plane)..((c + 1) * plane)], pixel => Assert.True(pixel == -1 || pixel == (float)fill[c]));
            int covered = result.Count(pixel => pixel != -1);
            Assert.InRange(covered, 3 * 9, 3 * 36);
            most = Math.Max(most, covered);
        }
        Assert.Equal(3 * 36, most);
    }

    [Fact]
    public void Erasing_covers_the_areas_that_were_asked_for()
    {
        float[] image = [.. Enumerable.Repeat(-1f, Colour.Length)];
        int touched = 0;
        for (ulong i = 0; i < 400; i++)
        {
            double share = Apply("erase:0.1:0.2", image, Colour, i).Count(pixel => pixel != -1) / (double)Colour.Length;
            touched += share > 0 ? 1 : 0;
            Assert.True(share == 0 || share is > 0.06 and < 0.25, $"{share}");
        }
        Assert.InRange(touched, 150, 250);
    }

    [Fact]
    public void Noise_has_the_deviation_that_was_asked_for()
    {
        float[] noise = [.. Apply("noise:0.05", [.. Enumerable.Repeat(0.5f, Colour.Length)], Colour).Select(pixel => pixel - 0.5f)];
        Assert.Equal(0, noise.Average(), 0.005);
        Assert.Equal(0.05, Math.Sqrt(noise.Average(x => (double)x * x)), 0.003);
        // Normal: 4.55 % beyond two deviations.
        Assert.InRange(noise.Count(x => Math.Abs(x) > 0.1) / (double)noise.Length, 0.03, 0.06);
    }

    [Fact]
    public void A_blur_keeps_the_mean_of_an_even_image_and_spreads_a_point()
    {
        foreach (float pixel in Apply("blur:3", [.. Enumerable.Repeat(0.3f, Colour.Length)], Colour))
            Assert.Equal(0.3f, pixel, 1e-5f);
        var point = new float[784];
        point[14 * 28 + 14] = 1;
        float[] result = Apply("blur:2", point, Grey, sample: 1);
        Assert.Equal(1, result.Sum(), 1e-4);
        Assert.InRange(result.Max(), 0.01, 0.99);
        Assert.Equal(result[14 * 28 + 12], result[16 * 28 + 14], 1e-6f);
    }

    private static float[] Image(Shape shape)
    {
        var rng = new Rng(8);
        var pixels = new float[shape.Length];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = rng.NextInt(256) / 255f;
        return pixels;
    }

    private static float[] Apply(string text, float[] image, Shape shape, ulong sample = 0)
    {
        Augmenter augmenter = Augmenter.Parse(text);
        var canvas = new Canvas(shape, augmenter.Border);
        image.CopyTo(canvas.Start());
        augmenter.Apply(canvas, seed: 1, epoch: 0, sample);
        return canvas.Pixels.ToArray();
    }
}
