using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels.Quantized;
using Fovea.Tensors;

namespace Fovea.Tests.Kernels.Quantized;

/// <summary>The product of bytes, bit by bit the same at every width as one written with plain whole numbers.</summary>
public unsafe class QuantizedCorrelationTests
{
    private const byte Untouched = 0xAB;

    /// <summary>Those that this processor has.</summary>
    public static TheoryData<string> Instructions =>
    [
        .. new (string Name, bool Has)[] { ("avx512", Avx512BW.IsSupported), ("vnni", AvxVnni.IsSupported), ("avx2", Avx2.IsSupported), ("portable", true) }
            .Where(instructions => instructions.Has).Select(instructions => instructions.Name),
    ];

    [Theory]
    [MemberData(nameof(Instructions))]
    public void Every_tile_gives_what_whole_numbers_give(string instructions)
    {
        foreach ((int outputs, int inputs, int inner) in ((int, int, int)[])[(16, 16, 16), (5, 3, 4), (33, 20, 16), (64, 48, 16)])
            foreach ((int height, int width, int stride) in ((int, int, int)[])[(1, 1, 1), (2, 5, 1), (2, 7, 2), (3, 16, 1)])
                foreach (bool floats in (bool[])[false, true])
                    new Case(outputs, inputs, inner, Cells: 1 + outputs % 3, height, width, stride, floats).Check(instructions, extreme: false);
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void The_largest_weights_and_activations_overflow_nothing(string instructions) =>
        new Case(32, 64, 16, Cells: 9, Height: 1, Width: 9, Stride: 1, Floats: true).Check(instructions, extreme: true);

    [Fact]
    public void Groups_are_as_long_as_sixteen_bits_allow()
    {
        // 64 steps of weights 1: a sum takes two a step, and 258 in all.
        var weights = new sbyte[16 * 1024];
        weights.AsSpan().Fill(1);
        Assert.Equal([129, 127], QuantizedWeights.Pack(weights, outputs: 16, inputs: 1024, inner: 16, cells: 1).Groups);
        weights.AsSpan().Fill(-127);
        Assert.All(QuantizedWeights.Pack(weights, 16, 1024, 16, 1).Groups, length => Assert.Equal(1, length));
    }

    private sealed record Case(int Outputs, int Inputs, int Inner, int Cells, int Height, int Width, int Stride, bool Floats)
    {
        public void Check(string instructions, bool extreme)
        {
            var rng = new Rng(7, (ulong)Outputs, (ulong)(Width * Cells));
            int blocks = (Outputs + 15) / 16, inputBlocks = (Inputs + Inner - 1) / Inner;
            int plane = (Height * Stride + 1) * (Width * Stride + 2) * Inner, pitch = (Width * Stride + 2) * Inner, outputPitch = Width * 16, outputBlock = Height * outputPitch;
            var weights = new sbyte[Outputs * Inputs * Cells];
            for (int i = 0; i < weights.Length; i++)
                weights[i] = (sbyte)(extreme ? (i / (Inputs * Cells) % 2 == 0 ? 127 : -127) : rng.NextInt(255) - 127);
            byte[] x = new byte[inputBlocks * plane + 3 * Inner], residual = new byte[blocks * outputBlock], output = new byte[blocks * outputBlock];
            for (int i = 0; i < x.Length; i++)
                x[i] = (byte)(extreme ? 127 : rng.NextInt(128));
            for (int i = 0; i < residual.Length; i++)
                residual[i] = (byte)rng.NextInt(128);
            float[] floats = new float[output.Length], scale = new float[blocks * 16], bias = new float[blocks * 16];
            for (int i = 0; i < scale.Length; i++)
                (scale[i], bias[i]) = (0.0003f * (float)rng.NextGaussian(), 60 + 20 * (float)rng.NextGaussian());
            output.AsSpan().Fill(Untouched);

            QuantizedWeights packed = QuantizedWeights.Pack(weights, Outputs, Inputs, Inner, Cells);
            var steps = new List<int>();
            for (int block = 0; block < inputBlocks; block++)
                for (int cell = 0; cell < Cells; cell++)
                    for (int quad = 0; quad < Inner / 4; quad++)
                        steps.Add(block * plane + cell * Inner + 4 * quad);
            float lower = 10, upper = 120, residualScale = 0.25f;
            fixed (byte* px = x, pr = residual, po = output)
            fixed (sbyte* pw = packed.Packed)
            fixed (float* ps = scale, pb = bias, pf = floats)
            fixed (int* pt = steps.ToArray(), pg = packed.Groups, pstart = packed.GroupStarts)
            {
                var operands = new QuantizedCorrelation.Operands
                {
                    Input = px,
                    Steps = pt,
                    InputStep = Stride * Inner,
                    InputPitch = Stride * pitch,
                    Weights = pw,
                    WeightBlock = packed.BlockLength,
                    Groups = pg,
                    GroupStarts = pstart,
                    Scale = ps,
                    Bias = pb,
                    Output = Floats ? null : po,
                    FloatOutput = Floats ? pf : null,
                    OutputBlock = outputBlock,
                    OutputPitch = outputPitch,
                    Residual = Floats ? null : pr,
                    ResidualBlock = outputBlock,
                    ResidualPitch = outputPitch,
                    ResidualScale = residualScale,
                    Lower = Floats ? float.NegativeInfinity : lower,
                    Upper = Floats ? float.PositiveInfinity : upper,
                    Blocks = blocks,
                    Height = Height,
                    Width = Width,
                };
                switch (instructions)
                {
                    case "avx512": QuantizedCorrelation.Run<ByteSimd512, Vector512<byte>>(operands); break;
                    case "vnni": QuantizedCorrelation.Run<VnniSimd256, Vector256<byte>>(operands); break;
                    case "avx2": QuantizedCorrelation.Run<ByteSimd256, Vector256<byte>>(operands); break;
                    default: QuantizedCorrelation.Run<ByteSimd128, Vector128<byte>>(operands); break;
                }
            }
            for (int o = 0; o < Outputs; o++)
                for (int y = 0; y < Height; y++)
                    for (int p = 0; p < Width; p++)
                    {
                        int total = 0;
                        for (int ic = 0; ic < Inputs; ic++)
                            for (int cell = 0; cell < Cells; cell++)
                                total += weights[(o * Inputs + ic) * Cells + cell] * x[ic / Inner * plane + y * Stride * pitch + (p * Stride + cell) * Inner + ic % Inner];
                        int place = o / 16 * outputBlock + y * outputPitch + p * 16 + o % 16;
                        float value = MathF.FusedMultiplyAdd(total, scale[o], bias[o]);
                        string what = $"{instructions}, {this}: output {o} at {y}, {p}";
                        if (Floats)
                        {
                            Assert.True(value == floats[place], $"{what} is {floats[place]} instead of {value}");
                            continue;
                        }
                        value = Math.Clamp(MathF.FusedMultiplyAdd(residual[place], residualScale, value), lower, upper);
                        Assert.True((byte)MathF.Round(value) == output[place], $"{what} is {output[place]} instead of {value}");
                    }
        }
    }
}
