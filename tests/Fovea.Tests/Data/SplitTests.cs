using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class SplitTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.73)]
    public void The_parts_share_nothing_leave_out_nothing_and_hold_every_class_in_proportion(double fraction)
    {
        MemoryDataset data = Samples(1003, classes: 7);
        (Subset training, Subset validation) = data.Split(fraction, seed: 5);
        Assert.Equal(Enumerable.Range(0, 1003), training.Indices.ToArray().Concat(validation.Indices.ToArray()).Order());
        Assert.Equal((int)Math.Round(fraction * 1003), validation.Count);
        Assert.Equal(validation.Indices.ToArray().Order(), validation.Indices.ToArray());
        for (int label = 0; label < 7; label++)
        {
            int all = Enumerable.Range(0, data.Count).Count(i => data.Label(i) == label);
            int part = Enumerable.Range(0, validation.Count).Count(i => validation.Label(i) == label);
            Assert.True(Math.Abs(part - all * fraction) <= 1, $"class {label}: {part} of {all}");
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        MemoryDataset data = Samples(200, classes: 3);
        int[] Indices(ulong seed) => data.Split(0.2, seed).Validation.Indices.ToArray();
        Assert.Equal(Indices(1), Indices(1));
        Assert.NotEqual(Indices(1), Indices(2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(0.001)]
    public void A_share_that_leaves_a_part_empty_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Samples(100, classes: 2).Split(fraction, 0));

    [Fact]
    public void A_subset_reads_its_source_and_refuses_strange_indices()
    {
        MemoryDataset data = Samples(5, classes: 2);
        var subset = new Subset(data, [4, 4, 1]);
        float[] expected = new float[4], actual = new float[4];
        data.Read(4, expected);
        subset.Read(1, actual);
        Assert.Equal(expected, actual);
        Assert.Equal([data.Label(4), data.Label(4), data.Label(1)], Enumerable.Range(0, 3).Select(subset.Label));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(data, [5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Subset(data, [-1]));
    }

    [Fact]
    public void Take_gives_the_first_samples_or_all()
    {
        MemoryDataset data = Samples(5, classes: 2);
        Assert.Same(data, data.Take(5));
        Assert.Equal([0, 1, 2], ((Subset)data.Take(3)).Indices.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Take(0));
    }

    /// <summary>Random images of (1, 2, 2), classes of different sizes.</summary>
    internal static MemoryDataset Samples(int count, int classes)
    {
        var rng = new Rng(3);
        byte[] pixels = [.. Enumerable.Range(0, 4 * count).Select(_ => (byte)rng.NextInt(256))];
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => Math.Min(rng.NextInt(classes), rng.NextInt(classes)))];
        return new MemoryDataset("samples", new Shape(1, 2, 2), [.. Enumerable.Range(0, classes).Select(c => $"class {c}")], pixels, labels);
    }
}
