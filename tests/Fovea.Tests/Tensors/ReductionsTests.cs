using Fovea.Tensors;

namespace Fovea.Tests.Tensors;

public class ReductionsTests
{
    [Fact]
    public void Sums_are_those_of_plain_loops_at_every_length()
    {
        var rng = new Rng(4);
        float[] values = [.. Enumerable.Range(0, 70).Select(_ => (float)rng.NextGaussian())];
        for (int length = 0; length <= values.Length; length++)
        {
            Assert.Equal(values.Take(length).Sum(x => (double)x), Reductions.Sum(values.AsSpan(0, length)), 1e-12);
            Assert.Equal(values.Take(length).Sum(x => (double)x * x), Reductions.SumOfSquares(values.AsSpan(0, length)), 1e-12);
        }
    }

    [Fact]
    public void The_address_does_not_change_a_bit()
    {
        var rng = new Rng(5);
        float[] values = [.. Enumerable.Range(0, 5000).Select(_ => (float)(rng.NextGaussian() * Math.Pow(10, rng.NextInt(12))))];
        double sum = Reductions.Sum(values);
        for (int offset = 0; offset < 17; offset++)
        {
            float[] moved = new float[values.Length + offset];
            values.CopyTo(moved, offset);
            Assert.Equal(sum, Reductions.Sum(moved.AsSpan(offset)));
        }
    }
}
