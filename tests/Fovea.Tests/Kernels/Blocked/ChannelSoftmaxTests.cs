using System.Runtime.Intrinsics;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>Softmax over the channels of a row of pixels: the reference, guards around every buffer, and one result at every width.</summary>
public unsafe class ChannelSoftmaxTests
{
    private const int Pixels = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(33)]
    public void Values_and_gradients_at_every_width(int channels)
    {
        (float[] Values, float[] Gradient) scalar = Run<SimdScalar, float>(channels, adds: false);
        for (int i = 0; i < Pixels; i++)
        {
            double[] x = [.. Enumerable.Range(0, channels).Select(c => (double)Input(channels)[At(c, i)])], g = [.. Enumerable.Range(0, channels).Select(c => (double)OutputGradient(channels)[At(c, i)])];
            double most = x.Max(), sum = x.Sum(value => Math.Exp(value - most));
            double[] y = [.. x.Select(value => Math.Exp(value - most) / sum)];
            double dot = y.Zip(g, (a, b) => a * b).Sum();
            for (int c = 0; c < channels; c++)
            {
                Assert.Equal(y[c], scalar.Values[At(c, i)], 1e-6);
                Assert.Equal(y[c] * (g[c] - dot), scalar.Gradient[At(c, i)], 1e-6);
            }
            for (int c = channels; c < Blocks(channels) * 16; c++)
                Assert.True(scalar.Values[At(c, i)] == 0 && scalar.Gradient[At(c, i)] == 0);
        }
        float[] sums = Run<SimdScalar, float>(channels, adds: true).Gradient;
        Assert.Equal(scalar.Gradient.Select(value => value + 1), sums);
        foreach (bool adds in (bool[])[false, true])
            foreach ((float[] values, float[] gradient) in (IEnumerable<(float[], float[])>)
                [Run<Simd128, Vector128<float>>(channels, adds), Run<Simd256, Vector256<float>>(channels, adds), Run<Simd512, Vector512<float>>(channels, adds)])
            {
                Assert.Equal(scalar.Values, values);
                Assert.Equal(adds ? sums : scalar.Gradient, gradient);
            }
    }

    private static int Blocks(int channels) => (channels + 15) / 16;

    private static int At(int channel, int pixel) => (channel / 16 * Pixels + pixel) * 16 + channel % 16;

    /// <summary>What fills up the last block is larger than any channel.</summary>
    private static float[] Input(int channels)
    {
        var rng = new Rng(3, (ulong)channels);
        float[] x = new float[Blocks(channels) * Pixels * 16];
        Array.Fill(x, 1e20f);
        for (int c = 0; c < channels; c++)
            for (int i = 0; i < Pixels; i++)
                x[At(c, i)] = 4 * (float)rng.NextGaussian() - 50 * i;
        return x;
    }

    private static float[] OutputGradient(int channels)
    {
        var rng = new Rng(4, (ulong)channels);
        return Numbers.Gaussian(ref rng, Blocks(channels) * Pixels * 16);
    }

    private static (float[] Values, float[] Gradient) Run<TSimd, TVector>(int channels, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float[] x = Input(channels), g = OutputGradient(channels);
        Guarded y = new(x.Length), d = new(x.Length);
        if (adds)
            d.Span.Fill(1);
        fixed (float* px = x, pg = g, py = y.Span, pd = d.Span)
        {
            ChannelSoftmax.Forward<TSimd, TVector>(px, Pixels * 16, py, Pixels * 16, channels, Pixels);
            ChannelSoftmax.Backward<TSimd, TVector>(py, pg, Pixels * 16, pd, Pixels * 16, adds, channels, Pixels);
        }
        y.AssertGuardsUntouched("values");
        d.AssertGuardsUntouched("gradient");
        return (y.Span.ToArray(), d.Span.ToArray());
    }
}
