using System.Runtime.Intrinsics;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>A block of channels with slopes of their own: the reference, frames that stay as they are, and one result at every width.</summary>
public unsafe class BlockedPReLUTests
{
    private const int Channels = 16, Height = 3, Width = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Values_gradients_and_sums_at_every_width(bool adds)
    {
        (float[] x, float[] g, float[] slopes) = Data();
        (float[] Values, float[] Gradient, double[] Sums) scalar = Run<SimdScalar, float>(adds);
        double[] sums = new double[Channels];
        for (int i = 0; i < x.Length; i++)
        {
            int c = i / (Height * Width);
            Assert.Equal(x[i] > 0 ? x[i] : slopes[c] * x[i], scalar.Values[i]);
            Assert.Equal((x[i] > 0 ? g[i] : slopes[c] * g[i]) + (adds ? 7.5f : 0), scalar.Gradient[i]);
            sums[c] += (double)g[i] * Math.Min(x[i], 0);
        }
        for (int c = 0; c < Channels; c++)
            Assert.Equal(sums[c] + 1, scalar.Sums[c], 1e-5);
        foreach ((float[] values, float[] gradient, double[] ofSlopes) in (IEnumerable<(float[], float[], double[])>)
            [Run<Simd128, Vector128<float>>(adds), Run<Simd256, Vector256<float>>(adds), Run<Simd512, Vector512<float>>(adds)])
        {
            Assert.Equal(scalar.Values, values);
            Assert.Equal(scalar.Gradient, gradient);
            Assert.Equal(scalar.Sums, ofSlopes);
        }
    }

    private static (float[] Input, float[] OutputGradient, float[] Slopes) Data()
    {
        var rng = new Rng(6);
        return (Numbers.Gaussian(ref rng, Channels * Height * Width), Numbers.Gaussian(ref rng, Channels * Height * Width), Numbers.Gaussian(ref rng, Channels));
    }

    /// <summary>Input, output and gradients with frames of different widths.</summary>
    private static (float[] Values, float[] Gradient, double[] Sums) Run<TSimd, TVector>(bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        (float[] input, float[] outputGradient, float[] slopes) = Data();
        BlockedMap x = BlockedMap.Of(input, 1, Channels, Height, Width, halo: 1), g = BlockedMap.Of(outputGradient, 1, Channels, Height, Width, halo: 2);
        BlockedMap y = BlockedMap.Empty(1, Channels, Height, Width, halo: 2), d = BlockedMap.Empty(1, Channels, Height, Width, halo: 1);
        if (adds)
            for (int row = 0; row < Height; row++)
                d.Memory.Span.Slice(d.Place(row, 0), Width * 16).Fill(7.5f);
        double[] sums = [.. Enumerable.Repeat(1.0, Channels)];
        fixed (float* px = x.Memory.Span, pg = g.Memory.Span, py = y.Memory.Span, pd = d.Memory.Span, slope = slopes)
        fixed (double* sum = sums)
        {
            var rows = new BlockedStandardization.Rows { Input = px + x.Place(0, 0), InputPitch = x.Pitch, Output = py + y.Place(0, 0), OutputPitch = y.Pitch, Height = Height, Width = Width };
            BlockedPReLU.Forward<TSimd, TVector>(rows, slope);
            rows.Output = pg + g.Place(0, 0);
            rows.Other = pd + d.Place(0, 0);
            rows.OtherPitch = d.Pitch;
            BlockedPReLU.Products<TSimd, TVector>(rows, sum);
            BlockedPReLU.Backward<TSimd, TVector>(rows, slope, adds);
        }
        y.AssertHaloUntouched("values");
        d.AssertHaloUntouched("gradient");
        return (y.Values(), d.Values(), sums);
    }
}
