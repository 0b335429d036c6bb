using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Tests.Kernels;

public class ShiftedSumTests
{
    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(7, 5, 1)]
    [InlineData(16, 3, 4)]
    [InlineData(63, 25, 1)]
    [InlineData(64, 2, 9)]
    [InlineData(131, 7, 40)]
    [InlineData(500, 4, 3)]
    public void Sums_are_those_of_the_formula_and_nothing_else_is_written(int length, int tapCount, int step)
    {
        var rng = new Rng(1, (ulong)length);
        float[] taps = Draw(ref rng, tapCount), source = Draw(ref rng, length + (tapCount - 1) * step);
        float[] result = [.. Enumerable.Repeat(-9f, length + 2)];
        ShiftedSum.Sum(source, step, taps, result.AsSpan(1, length));
        for (int i = 0; i < length; i++)
        {
            double sum = 0;
            for (int t = 0; t < tapCount; t++)
                sum += (double)taps[t] * source[i + t * step];
            Assert.Equal(sum, result[i + 1], 1e-5);
        }
        Assert.Equal((-9f, -9f), (result[0], result[^1]));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ShiftedSum.Sum(new float[10], 3, new float[3], new float[5]));
        Assert.Throws<ArgumentException>(() => ShiftedSum.Sum(new float[10], 3, [], new float[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ShiftedSum.Sum(new float[10], -1, new float[3], new float[5]));
    }

    private static float[] Draw(ref Rng rng, int count)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)rng.NextGaussian();
        return values;
    }
}
