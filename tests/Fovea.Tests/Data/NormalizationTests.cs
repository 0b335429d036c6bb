using Fovea.Data;
using Fovea.Tensors;

namespace Fovea.Tests.Data;

public class NormalizationTests
{
    [Fact]
    public void Mean_and_deviation_agree_with_the_two_pass_formula()
    {
        MemoryDataset data = Colours(50);
        Normalization normalization = Normalization.Of(data);
        for (int c = 0; c < 3; c++)
        {
            double[] values = [.. Enumerable.Range(0, 50).SelectMany(i => data.Pixels(i).Slice(c * 20, 20).ToArray()).Select(x => x / 255.0)];
            double mean = values.Sum() / values.Length;
            Assert.Equal(mean, normalization.Mean[c], 1e-7);
            Assert.Equal(Math.Sqrt(values.Sum(x => (x - mean) * (x - mean)) / values.Length), normalization.Deviation[c], 1e-7);
        }
    }

    [Fact]
    public void What_was_normalised_has_mean_0_and_deviation_1()
    {
        MemoryDataset data = Colours(50);
        Normalization normalization = Normalization.Of(data);
        var all = new float[50 * 60];
        for (int i = 0; i < 50; i++)
        {
            data.Read(i, all.AsSpan(i * 60, 60));
            normalization.Apply(all.AsSpan(i * 60, 60), data.ImageShape);
        }
        for (int c = 0; c < 3; c++)
        {
            double[] values = [.. Enumerable.Range(0, 50).SelectMany(i => all.AsSpan(i * 60 + c * 20, 20).ToArray()).Select(x => (double)x)];
            Assert.Equal(0, values.Average(), 1e-5);
            Assert.Equal(1, Math.Sqrt(values.Average(x => x * x)), 1e-5);
        }
    }

    [Fact]
    public void A_channel_without_variation_keeps_its_scale()
    {
        var data = new MemoryDataset("flat", new Shape(1, 2, 2), ["a"], [.. Enumerable.Repeat((byte)51, 400)], new int[100]);
        Normalization normalization = Normalization.Of(data);
        Assert.Equal(0.2, normalization.Mean[0], 1e-7);
        Assert.Equal(1, normalization.Deviation[0]);
    }

    [Fact]
    public void Values_decide_equality_and_bad_ones_are_refused()
    {
        Assert.Equal(new Normalization([0.5, 0], [2, 1]), new Normalization([0.5, 0], [2, 1]));
        Assert.Equal(new Normalization([0.5, 0], [2, 1]).GetHashCode(), new Normalization([0.5, 0], [2, 1]).GetHashCode());
        Assert.NotEqual(new Normalization([0.5, 0], [2, 1]), new Normalization([0.5, 0], [2, 3]));
        Assert.True(Normalization.Identity(3).IsIdentity);
        Assert.False(new Normalization([0], [2]).IsIdentity);
        Assert.Throws<ArgumentException>(() => new Normalization([], []));
        Assert.Throws<ArgumentException>(() => new Normalization([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new Normalization([double.NaN], [1]));
        Assert.Throws<ArgumentException>(() => new Normalization([0], [0]));
        Assert.Throws<ArgumentException>(() => Normalization.Identity(3).Apply(new float[4], new Shape(1, 2, 2)));
        Assert.Throws<ArgumentException>(() => Normalization.Identity(1).Apply(new float[5], new Shape(1, 2, 2)));
    }

    [Fact]
    public void MNIST_has_the_mean_and_deviation_that_everybody_quotes()
    {
        if (TestData.Folder("mnist") is not { } folder)
            return;
        Normalization normalization = Normalization.Of(IdxReader.Read(
            Path.Combine(folder, "train-images-idx3-ubyte.gz"), Path.Combine(folder, "train-labels-idx1-ubyte.gz")));
        Assert.Equal(0.1307, normalization.Mean[0], 0.00005);
        Assert.Equal(0.3081, normalization.Deviation[0], 0.00005);
    }

    /// <summary>Images of (3, 4, 5), each channel with its own range.</summary>
    internal static MemoryDataset Colours(int count)
    {
        var rng = new Rng(4);
        byte[] pixels = [.. Enumerable.Range(0, 60 * count).Select(i => (byte)(i / 20 % 3 * 40 + rng.NextInt(60 + 50 * (i / 20 % 3))))];
        return new MemoryDataset("colours", new Shape(3, 4, 5), ["a", "b"], pixels, [.. Enumerable.Range(0, count).Select(i => i % 2)]);
    }
}
