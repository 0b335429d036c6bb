using Fovea.Data.Augmentation;
using Fovea.Tensors;

namespace Fovea.Tests.Data.Augmentation;

public class MixingTests
{
    private static readonly Shape Shape = new(3, 6, 8);

    [Fact]
    public void Mixup_blends_images_and_targets_alike()
    {
        (float[] images, float[] targets) = Batch(5);
        Augmenter.Parse("mixup:1").Mix(images, Shape, targets, seed: 3, epoch: 1, first: 10);
        for (int n = 0; n < 5; n++)
        {
            float kept = targets[n * 6 + n];
            Assert.Equal(1, targets.AsSpan(n * 6, 6).ToArray().Sum(), 1e-6);
            Assert.Equal(kept, targets[(4 - n) * 6 + (4 - n)], 1e-6);
            float expected = kept * (n + 1) + (1 - kept) * (5 - n);
            Assert.All(images[(n * Shape.Length)..((n + 1) * Shape.Length)], pixel => Assert.Equal(expected, pixel, 1e-5f));
        }
        Assert.Equal(1, targets[2 * 6 + 2]);
    }

    [Fact]
    public void Cutmix_exchanges_a_rectangle_and_weighs_targets_by_its_area()
    {
        var shares = new List<double>();
        for (int epoch = 0; epoch < 200; epoch++)
        {
            (float[] images, float[] targets) = Batch(2);
            Augmenter.Parse("cutmix:1").Mix(images, Shape, targets, seed: 3, epoch, first: 0);
            for (int n = 0; n < 2; n++)
            {
                float[] image = images[(n * Shape.Length)..((n + 1) * Shape.Length)];
                int own = image.Count(pixel => pixel == n + 1), other = image.Count(pixel => pixel == 2 - n);
                Assert.Equal(Shape.Length, own + other);
                Assert.Equal(own / (double)Shape.Length, targets[n * 6 + n], 1e-6);
                Assert.Equal(other / (double)Shape.Length, targets[n * 6 + 1 - n], 1e-6);
            }
            shares.Add(targets[0]);
        }
        Assert.InRange(shares.Average(), 0.5, 0.8);
        Assert.True(shares.Distinct().Count() > 10);
    }

    [Fact]
    public void Of_several_each_pair_gets_one_and_none_is_mixed_at_probability_0()
    {
        (float[] images, float[] targets) = Batch(6);
        float[] before = [.. images];
        Augmenter.Parse("mixup:1@0,cutmix:1@0").Mix(images, Shape, targets, 1, 0, 0);
        Assert.Equal(before, images);
        int blended = 0;
        for (int epoch = 0; epoch < 100; epoch++)
        {
            (images, targets) = Batch(2);
            Augmenter.Parse("mixup:1,cutmix:1").Mix(images, Shape, targets, 1, epoch, 0);
            blended += images[0] is 1 or 2 ? 0 : 1;
        }
        Assert.InRange(blended, 25, 75);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    public void Shares_have_the_mean_and_variance_of_the_beta_distribution(double alpha)
    {
        var rng = new Rng(2);
        double sum = 0, squares = 0;
        const int Count = 20_000;
        for (int i = 0; i < Count; i++)
        {
            double x = BetaDistribution.Draw(ref rng, alpha);
            Assert.InRange(x, 0, 1);
            sum += x;
            squares += (x - 0.5) * (x - 0.5);
        }
        double variance = 1 / (4 * (2 * alpha + 1));
        Assert.Equal(0.5, sum / Count, 5 * Math.Sqrt(variance / Count));
        Assert.Equal(variance, squares / Count, 0.04 * variance);
    }

    /// <summary>Image n is full of n + 1, and of class n of 6.</summary>
    private static (float[] Images, float[] Targets) Batch(int count)
    {
        float[] images = new float[count * Shape.Length], targets = new float[count * 6];
        for (int n = 0; n < count; n++)
        {
            images.AsSpan(n * Shape.Length, Shape.Length).Fill(n + 1);
            targets[n * 6 + n] = 1;
        }
        return (images, targets);
    }
}
