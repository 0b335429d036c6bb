using Fovea.Execution;
using Fovea.Quantization;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Quantization;

/// <summary>Where activations are cut off.</summary>
public class ActivationHistogramTests
{
    [Fact]
    public void Ranges_hold_zero_exactly_and_both_ends()
    {
        foreach ((double least, double largest) in ((double, double)[])[(-1, 3), (0, 5), (-2, 0), (0.5, 2), (-3, -1)])
        {
            var range = ActivationRange.Of(least, largest);
            Assert.InRange(range.ZeroPoint, 0, 127);
            Assert.Equal(Math.Min(least, 0), range.Scale * (0 - range.ZeroPoint), range.Scale);
            Assert.Equal(Math.Max(largest, 0), range.Scale * (127 - range.ZeroPoint), range.Scale);
        }
        Assert.True(ActivationRange.Of(0, 0).IsSound);
        Assert.Throws<ArgumentException>(() => ActivationRange.Of(0, double.NaN));
    }

    /// <summary>The chosen range's error, computed value by value, is not beaten by more than the histogram's coarseness.</summary>
    [Fact]
    public void The_least_squared_error_is_found()
    {
        var rng = new Rng(9);
        float[] values = [.. Numbers.Gaussian(ref rng, 20_000).Select(value => Math.Max(0, MathF.Pow(value, 3)))];
        var histogram = new ActivationHistogram();
        foreach (float[] part in values.Chunk(1000))
            histogram.Add(part);
        double chosen = Error(values, histogram.Choose(ClippingMethod.MeanSquaredError));
        double best = Enumerable.Range(1, 200).Min(i => Error(values, ActivationRange.Of(0, values.Max() * i / 200.0)));
        Assert.InRange(chosen, best, 1.05 * best);
        Assert.True(chosen < Error(values, histogram.Choose(ClippingMethod.Largest)));
    }

    [Fact]
    public void Percentiles_cut_off_the_few_that_are_far_out()
    {
        var rng = new Rng(10);
        float[] values = Numbers.Gaussian(ref rng, 100_000);
        values[7] = 1000;
        var histogram = new ActivationHistogram();
        histogram.Add(values);
        ActivationRange range = histogram.Choose(ClippingMethod.Percentile);
        Assert.InRange(range.Scale * (127 - range.ZeroPoint), 3, 5);
        Assert.InRange(range.Scale * range.ZeroPoint, 3, 5);
        Assert.Equal(1000, histogram.Choose(ClippingMethod.Largest) is var all ? all.Scale * (127 - all.ZeroPoint) : 0, 8.0);
    }

    private static double Error(float[] values, ActivationRange range) =>
        values.Sum(value => Math.Pow(value - range.Scale * (Math.Clamp(Math.Round(value / range.Scale) + range.ZeroPoint, 0, 127) - range.ZeroPoint), 2));
}
