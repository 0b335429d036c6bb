using Fovea.Optimizers;

namespace Fovea.Tests.Optimizers;

public class GradientClippingTests
{
    [Fact]
    public void A_norm_above_the_bound_is_scaled_to_it_and_one_below_left_alone()
    {
        Memory<float>[] gradients = [new float[] { 3, 0 }, new float[] { 0, 4, 0 }];
        Assert.Equal(0.2f, new GradientClipping(maxNorm: 1).Apply(gradients), 1e-6f);
        Assert.Equal(1f, new GradientClipping(maxNorm: 5.1).Apply(gradients));
        Assert.Equal(1f, new GradientClipping().Apply(gradients));
        Assert.Equal([3, 0], gradients[0].ToArray());
        Assert.Equal([0, 4, 0], gradients[1].ToArray());
    }

    [Fact]
    public void Elements_are_clamped_before_the_norm_is_taken()
    {
        Memory<float>[] gradients = [new float[] { 30, -0.5f, -7, float.PositiveInfinity }];
        float scale = new GradientClipping(maxNorm: 1, maxValue: 2).Apply(gradients);
        Assert.Equal([2, -0.5f, -2, 2], gradients[0].ToArray());
        Assert.Equal(1 / Math.Sqrt(12.25), scale, 1e-6);
    }

    [Fact]
    public void NaN_stays_NaN()
    {
        float[] gradient = [1, float.NaN, 3];
        var clipping = new GradientClipping(maxNorm: 1, maxValue: 2);
        Assert.True(float.IsNaN(clipping.Apply([gradient])));
        Assert.True(float.IsNaN(gradient[1]));
    }

    [Fact]
    public void Applying_allocates_nothing()
    {
        var clipping = new GradientClipping(maxNorm: 1, maxValue: 2);
        Memory<float>[] gradients = [new float[40], new float[3]];
        clipping.Apply(gradients);
        long before = GC.GetAllocatedBytesForCurrentThread();
        clipping.Apply(gradients);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Bounds_must_be_positive()
    {
        Refused.With("the gradients' greatest norm must be positive, got 0", () => new GradientClipping(maxNorm: 0));
        Refused.With("the gradients' greatest value must be positive, got -1", () => new GradientClipping(maxValue: -1));
    }
}
