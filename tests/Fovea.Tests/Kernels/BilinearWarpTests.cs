using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Tests.Kernels;

public class BilinearWarpTests
{
    private const float Guard = -77;

    public static TheoryData<int, int, int> Sizes()
    {
        var sizes = new TheoryData<int, int, int>();
        foreach (int channels in (int[])[1, 3])
            foreach ((int height, int width) in (ReadOnlySpan<(int, int)>)[(1, 1), (1, 9), (5, 7), (7, 8), (3, 15), (16, 17), (28, 28)])
                sizes.Add(channels, height, width);
        return sizes;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Pixels_are_those_of_the_plain_formula_in_double_precision(int channels, int height, int width)
    {
        var rng = new Rng(3, (ulong)height, (ulong)width);
        for (int trial = 0; trial < 12; trial++)
        {
            var border = (WarpBorder)(trial % 3);
            float[] image = Draw(ref rng, channels * height * width, 0, 1);
            bool bends = trial % 2 == 1;
            float[] dx = bends ? Draw(ref rng, height * width, -3, 3) : [], dy = bends ? Draw(ref rng, height * width, -3, 3) : [];
            var map = new WarpMap(
                rng.NextDouble(-1.5, 1.5), rng.NextDouble(-1, 1), rng.NextDouble(-5, 5),
                rng.NextDouble(-1, 1), rng.NextDouble(-1.5, 1.5), rng.NextDouble(-5, 5));
            float[] result = Warp(image, channels, height, width, map, dx, dy, border);
            for (int c = 0; c < channels; c++)
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                    {
                        int i = y * width + x;
                        double sourceX = map.XX * x + map.XY * y + map.X0 + (bends ? dx[i] : 0), sourceY = map.YX * x + map.YY * y + map.Y0 + (bends ? dy[i] : 0);
                        double expected = Reference(image.AsSpan(c * height * width, height * width), height, width, sourceX, sourceY, border);
                        Assert.Equal(expected, result[c * height * width + i], 5e-5);
                    }
        }
    }

    [Theory]
    [InlineData(20, 16, 16)]
    [InlineData(3, 5, 5)]
    public void A_whole_number_of_pixels_is_exact(int width, int left, int right)
    {
        var rng = new Rng(4);
        float[] image = Draw(ref rng, 6 * width, 0, 1);
        foreach (int shift in (int[])[0, 1, -2, left, -right])
        {
            float[] result = Warp(image, 1, 6, width, new WarpMap(1, 0, shift, 0, 1, 0), [], [], WarpBorder.Zero);
            for (int y = 0; y < 6; y++)
                for (int x = 0; x < width; x++)
                    Assert.Equal(x + shift >= 0 && x + shift < width ? image[y * width + x + shift] : 0, result[y * width + x]);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e30f)]
    public void Places_that_are_nowhere_give_finite_pixels(float nowhere)
    {
        foreach (WarpBorder border in Enum.GetValues<WarpBorder>())
            foreach (int width in (int[])[5, 19])
            {
                float[] field = [.. Enumerable.Repeat(nowhere, 4 * width)];
                float[] result = Warp([.. Enumerable.Repeat(0.5f, 4 * width)], 1, 4, width, new WarpMap(1, 0, 0, 0, 1, 0), field, field, border);
                Assert.All(result, pixel => Assert.InRange(pixel, 0, 0.5f));
            }
    }

    [Fact]
    public void Buffers_of_another_length_are_refused()
    {
        float[] framed = new float[BilinearWarp.FramedLength(1, 4, 5)];
        Assert.Throws<ArgumentException>(() => BilinearWarp.Sample(framed.AsSpan(1), 1, 4, 5, default, [], [], WarpBorder.Zero, new float[20]));
        Assert.Throws<ArgumentException>(() => BilinearWarp.Sample(framed, 1, 4, 5, default, [], [], WarpBorder.Zero, new float[19]));
        Assert.Throws<ArgumentException>(() => BilinearWarp.Sample(framed, 1, 4, 5, default, new float[20], [], WarpBorder.Zero, new float[20]));
        Assert.Throws<ArgumentException>(() => BilinearWarp.Sample(framed, 1, 4, 5, default, new float[19], new float[19], WarpBorder.Zero, new float[20]));
    }

    private static float[] Warp(float[] image, int channels, int height, int width, WarpMap map, float[] dx, float[] dy, WarpBorder border)
    {
        float[] framed = new float[BilinearWarp.FramedLength(channels, height, width)];
        BilinearWarp.CopyIntoFrame(image, channels, height, width, framed);
        float[] guarded = [.. Enumerable.Repeat(Guard, image.Length + 32)];
        BilinearWarp.Sample(framed, channels, height, width, map, dx, dy, border, guarded.AsSpan(16, image.Length));
        Assert.All(guarded[..16].Concat(guarded[^16..]), x => Assert.Equal(Guard, x));
        return guarded[16..^16];
    }

    private static double Reference(ReadOnlySpan<float> plane, int height, int width, double x, double y, WarpBorder border)
    {
        if (border != WarpBorder.Zero)
        {
            x = Inside(x, width, border);
            y = Inside(y, height, border);
        }
        int x0 = (int)Math.Floor(x), y0 = (int)Math.Floor(y);
        double sum = 0;
        for (int dy = 0; dy < 2; dy++)
            for (int dx = 0; dx < 2; dx++)
            {
                double weight = (dx == 0 ? x0 + 1 - x : x - x0) * (dy == 0 ? y0 + 1 - y : y - y0);
                if (x0 + dx >= 0 && x0 + dx < width && y0 + dy >= 0 && y0 + dy < height)
                    sum += weight * plane[(y0 + dy) * width + x0 + dx];
            }
        return sum;
    }

    private static double Inside(double position, int size, WarpBorder border)
    {
        if (border == WarpBorder.Mirror && position < 0)
            position = -position;
        if (border == WarpBorder.Mirror && position > size - 1)
            position = 2 * (size - 1) - position;
        return Math.Clamp(position, 0, size - 1);
    }

    private static float[] Draw(ref Rng rng, int count, double low, double high)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)rng.NextDouble(low, high);
        return values;
    }
}
