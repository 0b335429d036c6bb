using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels.Quantized;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Quantized;

/// <summary>Winograd's transform of bytes: products at every width, and weights that let no sum overflow.</summary>
public unsafe class QuantizedWinogradTests
{
    /// <summary>By what each row of B ᵀ makes a number larger at most: the sums of (4, −5, 1), (−4, −4, 1, 1), ….</summary>
    private static readonly int[] Growth = [10, 10, 10, 6, 6, 10];

    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    public void Products_are_those_of_whole_numbers(int bits)
    {
        if (bits == 512 ? !Avx512BW.IsSupported : !Avx2.IsSupported)
        {
            Console.WriteLine($"skipped: this processor has no vectors of {bits} bits");
            return;
        }
        const int channels = 48, outputBlocks = 3, tiles = 17;
        var rng = new Rng(11);
        short[] transformed = Words(ref rng, QuantizedWinograd.Positions * tiles * channels, 12_700), weights = Words(ref rng, QuantizedWinograd.Positions * outputBlocks * 16 * channels, 900);
        var products = new int[QuantizedWinograd.Positions * outputBlocks * tiles * 16];
        int[] pairs = [.. Enumerable.Range(0, channels / 2).Select(pair => 4 * pair)];
        fixed (short* pt = transformed, pw = weights)
        fixed (int* pp = products, ppairs = pairs)
        {
            var operands = new QuantizedWinograd.Operands { InputBlocks = channels / 16, Tiles = tiles, Transformed = pt, Weights = pw, Products = pp, Pairs = ppairs, OutputBlocks = outputBlocks };
            if (bits == 512)
                QuantizedWinograd.Multiply<WordSimd512, Vector512<byte>>(operands, 0, QuantizedWinograd.Positions);
            else
                QuantizedWinograd.Multiply<WordSimd256, Vector256<byte>>(operands, 0, QuantizedWinograd.Positions);
        }
        for (int i = 0; i < products.Length; i++)
        {
            int lane = i % 16, tile = i / 16 % tiles, block = i / (16 * tiles) % outputBlocks, position = i / (16 * tiles * outputBlocks), expected = 0;
            for (int c = 0; c < channels; c++)
                expected += transformed[(position * tiles + tile) * channels + c] * weights[((position * outputBlocks + block) * channels / 2 + c / 2) * 32 + lane * 2 + c % 2];
            Assert.Equal(expected, products[i]);
        }
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(512, false)]
    [InlineData(512, true)]
    public void No_sum_can_overflow(int inputs, bool alike)
    {
        var rng = new Rng(12);
        float[] weights = Numbers.Gaussian(ref rng, 16 * inputs * 9);
        if (alike)
            weights.AsSpan().Fill(1);
        QuantizedWinogradWeights packed = QuantizedWinogradWeights.Pack(weights, 16, inputs);
        for (int position = 0; position < QuantizedWinograd.Positions; position++)
            for (int o = 0; o < 16; o++)
            {
                long sum = 0;
                for (int i = 0; i < inputs; i++)
                    sum += Math.Abs((long)packed.Packed[position * inputs * 16 + i / 2 * 32 + o * 2 + i % 2]);
                Assert.InRange(sum * 127 * Growth[position / 6] * Growth[position % 6], 0, int.MaxValue);
            }
    }

    private static short[] Words(ref Rng rng, int length, int most)
    {
        var words = new short[length];
        foreach (ref short word in words.AsSpan())
            word = (short)(rng.NextInt(2 * most + 1) - most);
        return words;
    }
}
