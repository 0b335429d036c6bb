using Fovea.Data;
using Fovea.Data.Synthetic;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Synthetic;

public class ShapesTests
{
    private static readonly MemoryDataset Sample = Shapes.Generate(900);

    [Fact]
    public void Is_what_it_says()
    {
        Assert.Equal("shapes/train", Sample.Name);
        Assert.Equal(["circle", "square", "triangle"], Sample.ClassNames);
        Assert.Equal("(3, 32, 32)", Sample.ImageShape.ToString());
        Assert.Equal("(3, 48, 48)", Shapes.Generate(1, size: 48).ImageShape.ToString());
    }

    [Fact]
    public void Images_do_not_depend_on_threads_nor_on_how_many_follow()
    {
        MemoryDataset one = Shapes.Generate(100, seed: 7, threads: 1);
        Assert.Equal(Fingerprint.Of(one), Fingerprint.Of(Shapes.Generate(100, seed: 7, threads: 5)));
        Fingerprint.AssertBegins(Shapes.Generate(31, seed: 7, threads: 2), one);
    }

    [Fact]
    public void These_are_the_shapes_that_everyone_has() =>
        Assert.Equal(8008058204887368093UL, Fingerprint.Of(Shapes.Generate(100)));

    [Fact]
    public void Any_beginning_is_balanced()
    {
        Assert.All(Fingerprint.Histogram(Sample), count => Assert.Equal(300, count));
        Assert.All(Fingerprint.Histogram(Shapes.Generate(100)), count => Assert.InRange(count, 33, 34));
    }

    [Fact]
    public void Images_splits_and_seeds_differ()
    {
        HashSet<string> train = Fingerprint.Images(Sample);
        Assert.Equal(Sample.Count, train.Count);
        Assert.False(train.Overlaps(Fingerprint.Images(Shapes.Generate(900, split: DatasetSplit.Test))));
        Assert.False(train.Overlaps(Fingerprint.Images(Shapes.Generate(900, seed: 1))));
    }

    [Fact]
    public void Something_stands_out_from_the_background_everywhere()
    {
        for (int i = 0; i < Sample.Count; i++)
        {
            double[] light = Brightness(Sample.Pixels(i));
            // Shapes keep off two corners at least, so the median of the corners is background.
            double background = new[] { light[0], light[31], light[^32], light[^1] }.Order().Skip(1).Take(2).Average();
            int apart = light.Count(value => Math.Abs(value - background) > Shapes.Contrast / 2);
            Assert.InRange(apart, 25, 700);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(75)]
    public void An_outline_lies_inside_the_picture(int size)
    {
        for (ulong i = 0; i < 500; i++)
        {
            var rng = new Rng(3, 0, i);
            double radius = Math.Max(size * rng.NextDouble(0.22, 0.42), 5);
            Outline outline = (i % 3) switch
            {
                0 => Outline.Circle(radius),
                1 => Outline.Square(radius, ref rng),
                _ => Outline.Triangle(radius, ref rng),
            };
            outline.Place(size, ref rng);
            int inside = 0;
            float border = float.MaxValue;
            for (int k = 0; k < size; k++)
            {
                border = Math.Min(border, Math.Min(outline.Distance(k, 0), outline.Distance(k, size - 1)));
                border = Math.Min(border, Math.Min(outline.Distance(0, k), outline.Distance(size - 1, k)));
                for (int j = 0; j < size; j++)
                    inside += outline.Distance(j, k) < 0 ? 1 : 0;
            }
            // No pixel of the border is more than half covered.
            Assert.True(border > -0.01, $"{i} of {size}: {border}");
            // The area of a circle, a square, and the flattest triangle of this size, less the raster's error.
            double area = radius * radius * ((i % 3) switch { 0 => Math.PI, 1 => 2 * 1.1 * 1.1, _ => 1.2 });
            Assert.InRange(inside, area * 0.85, area * (i % 3 == 2 ? 1.7 : 1.15));
        }
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Shapes.Generate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shapes.Generate(1, size: 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shapes.Generate(1, threads: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shapes.Generate(1_000_000_000));
    }

    private static double[] Brightness(ReadOnlySpan<byte> pixels)
    {
        double[] light = new double[pixels.Length / 3];
        for (int k = 0; k < light.Length; k++)
            light[k] = (0.299 * pixels[k] + 0.587 * pixels[k + light.Length] + 0.114 * pixels[k + 2 * light.Length]) / 255;
        return light;
    }
}
