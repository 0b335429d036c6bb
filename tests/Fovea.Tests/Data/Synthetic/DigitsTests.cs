using Fovea.Data;
using Fovea.Data.Synthetic;

namespace Fovea.Tests.Data.Synthetic;

public class DigitsTests
{
    private const int Side = Digits.Side;

    private static readonly MemoryDataset Sample = Digits.Generate(2000);

    [Fact]
    public void Is_what_it_says()
    {
        Assert.Equal("digits/train", Sample.Name);
        Assert.Equal("digits/test", Digits.Generate(1, split: DatasetSplit.Test).Name);
        Assert.Equal("(1, 28, 28)", Sample.ImageShape.ToString());
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], Sample.ClassNames);
    }

    [Fact]
    public void Images_do_not_depend_on_threads_nor_on_how_many_follow()
    {
        MemoryDataset one = Digits.Generate(333, seed: 7, threads: 1);
        Assert.Equal(Fingerprint.Of(one), Fingerprint.Of(Digits.Generate(333, seed: 7, threads: 5)));
        Fingerprint.AssertBegins(Digits.Generate(47, seed: 7, threads: 2), one);
    }

    [Fact]
    public void These_are_the_digits_that_everyone_has() =>
        Assert.Equal(11042165023743420537UL, Fingerprint.Of(Digits.Generate(200)));

    [Fact]
    public void Any_beginning_is_balanced()
    {
        Assert.All(Fingerprint.Histogram(Sample), count => Assert.Equal(200, count));
        Assert.All(Fingerprint.Histogram(Digits.Generate(995)), count => Assert.InRange(count, 99, 100));
        // Yet in no fixed order.
        Assert.NotEqual(Enumerable.Range(0, 10).Select(i => Sample.Label(i)), Enumerable.Range(10, 10).Select(i => Sample.Label(i)));
    }

    [Fact]
    public void Images_splits_and_seeds_differ()
    {
        HashSet<string> train = Fingerprint.Images(Sample);
        Assert.Equal(Sample.Count, train.Count);
        Assert.False(train.Overlaps(Fingerprint.Images(Digits.Generate(2000, split: DatasetSplit.Test))));
        Assert.False(train.Overlaps(Fingerprint.Images(Digits.Generate(2000, seed: 1))));
    }

    [Fact]
    public void Ink_fills_a_box_of_20_by_20_centred_by_its_mass()
    {
        for (int i = 0; i < Sample.Count; i++)
        {
            double mass = 0, massX = 0, massY = 0;
            int left = Side, right = -1, top = Side, bottom = -1;
            for (int k = 0; k < Side * Side; k++)
            {
                int x = k % Side, y = k / Side, ink = Sample.Pixels(i)[k];
                mass += ink;
                massX += ink * x;
                massY += ink * y;
                if (ink == 0)
                    continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            }
            int width = right - left + 1, height = bottom - top + 1;
            // The pen's breadth, which depends on direction, may leave a pixel or two to spare.
            Assert.InRange(Math.Max(width, height), 17, 20);
            // To the nearest pixel, unless that would push the box over the edge.
            bool free = left > 0 && top > 0 && right < Side - 1 && bottom < Side - 1;
            Assert.InRange(massX / mass - 13.5, free ? -0.51 : -4, free ? 0.51 : 4);
            Assert.InRange(massY / mass - 13.5, free ? -0.51 : -4, free ? 0.51 : 4);
        }
    }

    [Fact]
    public void Every_image_has_ink_and_paper()
    {
        for (int i = 0; i < Sample.Count; i++)
        {
            double mean = 0;
            foreach (byte pixel in Sample.Pixels(i))
                mean += pixel / 255.0 / (Side * Side);
            Assert.InRange(mean, 0.02, 0.4);
            Assert.InRange(Sample.Pixels(i).ToArray().Max(), 150, 255);
        }
    }

    [Fact]
    public void Examples_of_a_style_are_drawn_alike_and_fit_the_trace()
    {
        Assert.Equal(10, GlyphStrokes.Digits.Length);
        foreach (GlyphStrokes.Style style in GlyphStrokes.Digits.SelectMany(styles => styles))
        {
            Assert.True(style.Weight > 0);
            foreach (GlyphStrokes.Stroke[] example in style.Examples)
            {
                Assert.Equal(style.Examples[0].Select(stroke => stroke.Points.Length), example.Select(stroke => stroke.Points.Length));
                for (int k = 0; k < example.Length; k++)
                    Assert.Equal(style.Examples[0][k].Corners, example[k].Corners);
                Assert.InRange(example.Sum(stroke => Trace.Length(stroke)), 1, Digits.MaxPoints);
            }
        }
    }

    [Fact]
    public void A_class_is_nearer_to_its_own_mean_than_to_others()
    {
        // The crudest classifier there is: far above chance only if the labels belong to the images.
        const int Classes = 10;
        var means = new double[Classes][];
        for (int c = 0; c < Classes; c++)
            means[c] = new double[Side * Side];
        for (int i = 0; i < Sample.Count; i++)
            for (int k = 0; k < Side * Side; k++)
                means[Sample.Label(i)][k] += Sample.Pixels(i)[k] / 200.0;
        MemoryDataset test = Digits.Generate(500, split: DatasetSplit.Test);
        int right = Enumerable.Range(0, test.Count).Count(i => test.Label(i) ==
            Enumerable.Range(0, Classes).MinBy(c => Enumerable.Range(0, Side * Side).Sum(k => Math.Pow(test.Pixels(i)[k] - means[c][k], 2))));
        Assert.InRange(right, 300, 500);
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Generate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Generate(1, threads: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Digits.Generate(int.MaxValue));
    }
}
