using System.Runtime.Intrinsics;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>The depthwise product and its weights' gradient, with pixels and taps around every tile edge, at every width.</summary>
public unsafe class DepthwiseTests
{
    private static readonly (int Height, int Width)[] Sizes = [(1, 1), (3, 6), (2, 7), (2, 8), (3, 15), (1, 21)];

    public enum Added
    {
        Nothing,
        Another,
        Itself,
    }

    public static TheoryData<int> Widths => [512, 256, 128, 32];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sums_of_every_tile(int bits)
    {
        foreach ((int height, int width) in Sizes)
            foreach ((int taps, int stride, int outputStride) in ((int, int, int)[])[(1, 1, 1), (9, 1, 1), (9, 2, 1), (4, 1, 2), (25, 3, 1)])
                foreach (Added added in Enum.GetValues<Added>())
                    CheckSums(bits, height, width, taps, stride, outputStride, added);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Weight_gradients_of_every_tile(int bits)
    {
        foreach ((int height, int width) in Sizes)
            foreach (int taps in (int[])[1, 8, 9, 11, 25])
                foreach (int stride in (int[])[1, 2])
                    CheckGradients(bits, height, width, taps, stride);
    }

    private static void CheckSums(int bits, int height, int width, int taps, int stride, int outputStride, Added added)
    {
        string what = $"{bits} bits, {height}x{width} pixels, {taps} taps, stride {stride}, written {outputStride} apart, {added} added";
        var rng = new Rng(42, (ulong)taps, (ulong)width);
        int step = stride * 16, pitch = (width + 2) * step, reach = 3 * step, outputStep = outputStride * 16, outputPitch = (width + 1) * outputStep;
        float[] x = Numbers.Gaussian(ref rng, height * pitch + reach + 16), w = Numbers.Gaussian(ref rng, taps * 16), b = Numbers.Gaussian(ref rng, 16);
        float[] before = Numbers.Gaussian(ref rng, height * outputPitch);
        int[] offsets = [.. Enumerable.Range(0, taps).Select(_ => rng.NextInt(3) * 16)];
        Guarded input = new(x), weights = new(w), bias = new(b), output = new(before), other = new(before);
        bool hasBias = added != Added.Another;
        var expected = new Sums(before.Length);
        var untouched = new HashSet<int>(Enumerable.Range(0, before.Length));
        for (int y = 0; y < height; y++)
            for (int p = 0; p < width; p++)
                for (int lane = 0; lane < 16; lane++)
                {
                    int at = y * outputPitch + p * outputStep + lane;
                    untouched.Remove(at);
                    expected.Add(at, hasBias ? b[lane] : 0);
                    expected.Add(at, added == Added.Nothing ? 0 : before[at]);
                    for (int t = 0; t < taps; t++)
                        expected.Add(at, (double)x[offsets[t] + y * pitch + p * step + lane] * w[t * 16 + lane]);
                }
        foreach (int at in untouched)
            expected.Add(at, before[at]);

        fixed (float* px = input.Span, pw = weights.Span, pb = bias.Span, po = output.Span, pr = other.Span)
        fixed (int* pt = offsets)
        {
            var operands = new Depthwise.Operands
            {
                Input = px,
                InputTaps = pt,
                Taps = taps,
                InputStep = step,
                InputPitch = pitch,
                Weights = pw,
                Bias = hasBias ? pb : null,
                Residual = added switch { Added.Another => pr, Added.Itself => po, _ => null },
                ResidualPitch = outputPitch,
                Output = po,
                OutputStep = outputStep,
                OutputPitch = outputPitch,
                Height = height,
                Width = width,
                Lower = float.NegativeInfinity,
                Upper = float.PositiveInfinity,
            };
            switch (bits)
            {
                case 512: Depthwise.Run<Simd512, Vector512<float>>(operands); break;
                case 256: Depthwise.Run<Simd256, Vector256<float>>(operands); break;
                case 128: Depthwise.Run<Simd128, Vector128<float>>(operands); break;
                default: Depthwise.Run<SimdScalar, float>(operands); break;
            }
        }
        expected.AssertNear(output.Span, what);
        output.AssertGuardsUntouched(what);
    }

    private static void CheckGradients(int bits, int height, int width, int taps, int stride)
    {
        string what = $"{bits} bits, {height}x{width} pixels, {taps} taps, stride {stride}";
        var rng = new Rng(43, (ulong)taps, (ulong)width);
        int step = stride * 16, pitch = (width + 2) * step, gradientPitch = (width + 2) * 16;
        float[] x = Numbers.Gaussian(ref rng, height * pitch + 48), dy = Numbers.Gaussian(ref rng, height * gradientPitch), before = Numbers.Gaussian(ref rng, taps * 16);
        int[] offsets = [.. Enumerable.Range(0, taps).Select(_ => rng.NextInt(3) * 16)];
        Guarded input = new(x), gradient = new(dy), weights = new(before);
        var expected = new Sums(before.Length).Plus(before);
        for (int i = 0; i < before.Length; i++)
            for (int y = 0; y < height; y++)
                for (int p = 0; p < width; p++)
                    expected.Add(i, (double)dy[y * gradientPitch + p * 16 + i % 16] * x[offsets[i / 16] + y * pitch + p * step + i % 16]);

        fixed (float* px = input.Span, pg = gradient.Span, pw = weights.Span)
        fixed (int* pt = offsets)
        {
            var operands = new DepthwiseGradient.Operands
            {
                OutputGradient = pg,
                GradientPitch = gradientPitch,
                Input = px,
                InputTaps = pt,
                Taps = taps,
                InputStep = step,
                InputPitch = pitch,
                WeightGradient = pw,
                Height = height,
                Width = width,
            };
            switch (bits)
            {
                case 512: DepthwiseGradient.Run<Simd512, Vector512<float>>(operands); break;
                case 256: DepthwiseGradient.Run<Simd256, Vector256<float>>(operands); break;
                case 128: DepthwiseGradient.Run<Simd128, Vector128<float>>(operands); break;
                default: DepthwiseGradient.Run<SimdScalar, float>(operands); break;
            }
        }
        expected.AssertNear(weights.Span, what);
        weights.AssertGuardsUntouched(what);
    }
}
