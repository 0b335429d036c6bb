using System.Runtime.Intrinsics;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>Weight gradients of the blocked product, with channels and pixels around every tile edge.</summary>
public unsafe class BlockedCorrelationGradientTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    [InlineData(32)]
    public void Weight_gradients_of_every_tile(int bits)
    {
        foreach (int blocks in (int[])[1, 2, 3])
            foreach (int inner in (int[])[1, 3, 8, 11, 16])
                foreach ((int height, int width, int stride) in ((int, int, int)[])[(1, 1, 1), (3, 5, 2), (5, 70, 1), (1, 140, 1)])
                    Check(bits, blocks, inner, taps: 1 + blocks * inner % 4, height, width, stride);
    }

    private static void Check(int bits, int blocks, int inner, int taps, int height, int width, int stride)
    {
        string what = $"{bits} bits, {blocks} blocks, {inner} channels, {height}x{width} pixels";
        var rng = new Rng(41, (ulong)blocks, (ulong)inner);
        int gradientPitch = (width + 2) * 16, gradientBlock = height * gradientPitch;
        int inputStep = stride * inner, inputPitch = (width + 3) * inputStep, reach = 2 * inputStep;
        int weightBlock = taps * inner * 16;
        float[] dy = Numbers.Gaussian(ref rng, blocks * gradientBlock), x = Numbers.Gaussian(ref rng, height * inputPitch + reach);
        float[] before = Numbers.Gaussian(ref rng, blocks * weightBlock);
        int[] offsets = [.. Enumerable.Range(0, taps).Select(_ => rng.NextInt(reach))];
        Guarded gradient = new(dy), input = new(x), weights = new(before);
        var expected = new Sums(before.Length).Plus(before);
        for (int i = 0; i < before.Length; i++)
        {
            int lane = i % 16, channel = i / 16 % inner, tap = i / (16 * inner) % taps, block = i / weightBlock;
            for (int y = 0; y < height; y++)
                for (int q = 0; q < width; q++)
                    expected.Add(i, (double)dy[block * gradientBlock + y * gradientPitch + q * 16 + lane] * x[offsets[tap] + y * inputPitch + q * inputStep + channel]);
        }

        fixed (float* pg = gradient.Span, px = input.Span, pw = weights.Span)
        fixed (int* pt = offsets)
        {
            var operands = new BlockedCorrelationGradient.Operands
            {
                OutputGradient = pg,
                GradientBlock = gradientBlock,
                GradientStep = 16,
                GradientPitch = gradientPitch,
                Input = px,
                InputTaps = pt,
                Taps = taps,
                Inner = inner,
                InputStep = inputStep,
                InputPitch = inputPitch,
                WeightGradient = pw,
                WeightBlock = weightBlock,
                Blocks = blocks,
                Height = height,
                Width = width,
            };
            switch (bits)
            {
                case 512: BlockedCorrelationGradient.Run<Simd512, Vector512<float>>(operands); break;
                case 256: BlockedCorrelationGradient.Run<Simd256, Vector256<float>>(operands); break;
                case 128: BlockedCorrelationGradient.Run<Simd128, Vector128<float>>(operands); break;
                default: BlockedCorrelationGradient.Run<SimdScalar, float>(operands); break;
            }
        }
        expected.AssertNear(weights.Span, what);
        weights.AssertGuardsUntouched(what);
    }
}
