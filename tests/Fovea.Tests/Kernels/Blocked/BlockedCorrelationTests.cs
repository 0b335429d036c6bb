using System.Runtime.Intrinsics;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>The blocked product at every width: groups, tails, and so many taps that sums wait in the output.</summary>
public unsafe class BlockedCorrelationTests
{
    public static TheoryData<int> Widths() => [512, 256, 128, 32];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Products_of_every_tile(int bits)
    {
        foreach (int blocks in (int[])[1, 2, 3])
            foreach ((int inner, int taps) in ((int, int)[])[(16, 1), (3, 5), (16, 8), (16, 19), (21, 13), (300, 2)])
                foreach ((int height, int width, int stride) in ((int, int, int)[])[(1, 1, 1), (3, 5, 2), (2, 9, 1), (7, 7, 1), (3, 10, 2), (3, 14, 2), (1, 35, 1)])
                    for (int variant = 0; variant < 3; variant++)
                        Check(bits, blocks, inner, taps, height, width, stride, variant);
    }

    // Variant 0: nothing around the product; 1: bias, residual and clamp; 2: the output is its own residual.
    private static void Check(int bits, int blocks, int inner, int taps, int height, int width, int stride, int variant)
    {
        string what = $"{bits} bits, {blocks} blocks, {taps} taps of {inner}, {height}x{width} pixels, variant {variant}";
        var rng = new Rng(43, (ulong)(blocks * taps), (ulong)inner);
        int outputPitch = (width + 2) * 16, outputBlock = height * outputPitch, residualPitch = (width + 1) * 16, residualBlock = height * residualPitch + 16;
        int inputStep = stride * 16, inputPitch = (width + 3) * inputStep, reach = 2 * inputStep + inner, weightBlock = taps * inner * 16;
        float[] x = Numbers.Gaussian(ref rng, height * inputPitch + reach), w = Numbers.Gaussian(ref rng, blocks * weightBlock);
        float[] b = Numbers.Gaussian(ref rng, blocks * 16), r = Numbers.Gaussian(ref rng, blocks * residualBlock), before = Numbers.Gaussian(ref rng, blocks * outputBlock);
        int[] offsets = [.. Enumerable.Range(0, taps).Select(_ => rng.NextInt(2 * inputStep))];
        Guarded input = new(x), weights = new(w), bias = new(b), residual = new(r), output = new(before);

        var expected = new Sums(before.Length);
        for (int i = 0; i < before.Length; i++)
        {
            int lane = i % 16, q = i % outputPitch / 16, y = i % outputBlock / outputPitch, block = i / outputBlock;
            if (q >= width || variant == 2)
                expected.Add(i, before[i]);
            if (q >= width)
                continue;
            if (variant == 1)
                expected.Add(i, (double)b[block * 16 + lane] + r[block * residualBlock + y * residualPitch + q * 16 + lane]);
            for (int tap = 0; tap < taps; tap++)
                for (int channel = 0; channel < inner; channel++)
                    expected.Add(i, (double)w[block * weightBlock + (tap * inner + channel) * 16 + lane] * x[offsets[tap] + y * inputPitch + q * inputStep + channel]);
            if (variant == 1)
                expected.Clamp(i, -1, 2);
        }

        fixed (float* px = input.Span, pw = weights.Span, pb = bias.Span, pr = residual.Span, po = output.Span)
        fixed (int* pt = offsets)
        {
            var operands = new BlockedCorrelation.Operands
            {
                Input = px,
                InputTaps = pt,
                Taps = taps,
                Inner = inner,
                InputStep = inputStep,
                InputPitch = inputPitch,
                Weights = pw,
                WeightBlock = weightBlock,
                Output = po,
                OutputBlock = outputBlock,
                OutputStep = 16,
                OutputPitch = outputPitch,
                Bias = variant == 1 ? pb : null,
                Residual = variant == 0 ? null : variant == 1 ? pr : po,
                ResidualBlock = variant == 1 ? residualBlock : outputBlock,
                ResidualPitch = variant == 1 ? residualPitch : outputPitch,
                Blocks = blocks,
                Height = height,
                Width = width,
                Lower = variant == 1 ? -1 : float.NegativeInfinity,
                Upper = variant == 1 ? 2 : float.PositiveInfinity,
            };
            switch (bits)
            {
                case 512: BlockedCorrelation.Run<Simd512, Vector512<float>>(operands); break;
                case 256: BlockedCorrelation.Run<Simd256, Vector256<float>>(operands); break;
                case 128: BlockedCorrelation.Run<Simd128, Vector128<float>>(operands); break;
                default: BlockedCorrelation.Run<SimdScalar, float>(operands); break;
            }
        }
        expected.AssertNear(output.Span, what);
        output.AssertGuardsUntouched(what);
    }
}
