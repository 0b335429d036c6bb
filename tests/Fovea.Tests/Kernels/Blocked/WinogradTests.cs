using System.Runtime.Intrinsics;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Simd;
using Fovea.Tensors;
using Fovea.Tests.References;

namespace Fovea.Tests.Kernels.Blocked;

/// <summary>Winograd convolutions of both sizes at every width against the seven loops, around every edge of a tile.</summary>
public unsafe class WinogradTests
{
    /// <summary>Allowed errors in units of 2⁻²⁴ · largest Σ|terms|; the worst found here are 2 and 9.3, where most of a tile is padding.</summary>
    private static double Allowed(int tile) => tile == 4 ? 14 : 4;

    public static TheoryData<int, int> Widths()
    {
        var data = new TheoryData<int, int>();
        foreach (int bits in (int[])[512, 256, 128, 32])
            foreach (int tile in (int[])[2, 4])
                data.Add(bits, tile);
        return data;
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Outputs_of_every_size(int bits, int tile)
    {
        for (int size = 1; size <= 13; size++)
            for (int padding = size < 3 ? 1 : 0; padding <= 2; padding++)
                CheckForward(bits, tile, new ConvolutionCase
                {
                    InChannels = 1 + size * 7 % 20,
                    OutChannels = 1 + size * 11 % 37,
                    Input = new(size, 1 + (size * 5 + padding) % 13 + (padding == 0 ? 2 : 0)),
                    Padding = padding,
                    Batch = 1 + size % 3,
                    Bias = size % 2 == 0,
                }, residual: size % 3 == 0, clamp: size % 4 == 1, haloMore: size % 2);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Outputs_of_every_number_of_channels(int bits, int tile)
    {
        foreach ((int ins, int outs) in ((int, int)[])[(1, 40), (15, 1), (16, 16), (17, 33), (40, 8), (150, 3)])
            CheckForward(bits, tile, new ConvolutionCase { InChannels = ins, OutChannels = outs, Input = 5, Padding = 1 }, false, false, 0);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Gradients_of_inputs(int bits, int tile)
    {
        for (int padding = 0; padding <= 2; padding++)
            foreach (int channels in (int[])[3, 16, 21])
            {
                var c = new ConvolutionCase { InChannels = channels, OutChannels = 40 - channels, Input = new(6, 9), Padding = padding, Batch = 2, Bias = false };
                var reference = new ConvolutionReference(c);
                var rng = new Rng(32, (ulong)padding);
                float[] dy = Numbers.Gaussian(ref rng, c.Batch * reference.OutputLength), w = Numbers.Gaussian(ref rng, reference.WeightLength);
                BlockedMap source = BlockedMap.Of(dy, c.Batch, c.OutChannels, reference.OutputHeight, reference.OutputWidth, 2);
                BlockedMap target = BlockedMap.Empty(c.Batch, c.InChannels, c.Input.Height, c.Input.Width, padding);
                string what = $"input gradient of {c}, tile {tile}, {bits} bits";
                Run(bits, tile, c, turned: true, source, target, w, [], null, false, 5, 1);
                reference.InputGradient(dy, w).AssertWithin(Allowed(tile), target.Values(), what);
                target.AssertHaloUntouched(what);
            }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Gradients_of_weights(int bits, int tile)
    {
        for (int size = 1; size <= 11; size += 2)
            for (int padding = 1; padding <= 2; padding++)
                foreach (int channels in (int[])[1, 20])
                {
                    var c = new ConvolutionCase { InChannels = channels, OutChannels = 41 - channels, Input = new(size, 12 - size), Padding = padding, Batch = 1 + size % 2, Bias = false };
                    var reference = new ConvolutionReference(c);
                    var rng = new Rng(34, (ulong)padding);
                    float[] x = Numbers.Gaussian(ref rng, c.Batch * reference.InputLength), dy = Numbers.Gaussian(ref rng, c.Batch * reference.OutputLength);
                    float[] before = Numbers.Gaussian(ref rng, reference.WeightLength);
                    BlockedMap input = BlockedMap.Of(x, c.Batch, c.InChannels, c.Input.Height, c.Input.Width, padding);
                    BlockedMap gradient = BlockedMap.Of(dy, c.Batch, c.OutChannels, reference.OutputHeight, reference.OutputWidth, size % 3);
                    var weights = new Guarded(before);
                    string what = $"weight gradient of {c}, tile {tile}, {bits} bits";
                    Run(bits, tile, c, turned: false, input, gradient, [], [], null, false, 8, 0, weights);
                    reference.WeightGradient(x, dy).Plus(before).AssertWithin(Allowed(tile), weights.Span, what);
                    weights.AssertGuardsUntouched(what);
                }
    }

    [Fact]
    public void Error_of_many_channels()
    {
        var c = new ConvolutionCase { InChannels = 256, OutChannels = 4, Input = 8, Padding = 1, Bias = false };
        var reference = new ConvolutionReference(c);
        var rng = new Rng(33);
        float[] x = Numbers.Gaussian(ref rng, reference.InputLength), w = Numbers.Gaussian(ref rng, reference.WeightLength);
        Sums expected = reference.Forward(x, w, []);
        foreach ((int tile, double allowed) in ((int, double)[])[(2, 1e-6), (4, 2.5e-6)])
        {
            BlockedMap target = BlockedMap.Empty(1, 4, 8, 8, 0);
            Run(SimdWidth.Bits, tile, c, false, BlockedMap.Of(x, 1, 256, 8, 8, 1), target, w, [], null, false, 4, 1);
            float[] actual = target.Values();
            double error = 0, size = 0;
            for (int i = 0; i < actual.Length; i++)
            {
                error += Math.Pow(actual[i] - expected.Values[i], 2);
                size += Math.Pow(expected.Values[i], 2);
            }
            double relative = Math.Sqrt(error / size);
            Console.WriteLine($"F({tile}x{tile},3x3) over 256 channels: relative error {relative:G3}");
            Assert.InRange(relative, 1e-9, allowed);
        }
    }

    private static void CheckForward(int bits, int tile, ConvolutionCase c, bool residual, bool clamp, int haloMore)
    {
        string what = $"{c}, tile {tile}, {bits} bits";
        var reference = new ConvolutionReference(c);
        var rng = new Rng(31, (ulong)c.InChannels, (ulong)c.Input.Height);
        float[] x = Numbers.Gaussian(ref rng, c.Batch * reference.InputLength), w = Numbers.Gaussian(ref rng, reference.WeightLength);
        float[] b = c.Bias ? Numbers.Gaussian(ref rng, c.OutChannels) : [];
        int outputs = c.Batch * reference.OutputLength;
        float[] added = residual ? Numbers.Gaussian(ref rng, outputs) : new float[outputs];
        BlockedMap input = BlockedMap.Of(x, c.Batch, c.InChannels, c.Input.Height, c.Input.Width, c.Padding.Top + haloMore);
        BlockedMap output = BlockedMap.Empty(c.Batch, c.OutChannels, reference.OutputHeight, reference.OutputWidth, 1);
        BlockedMap? addedMap = residual ? BlockedMap.Of(added, c.Batch, c.OutChannels, reference.OutputHeight, reference.OutputWidth, 0) : null;
        Run(bits, tile, c, false, input, output, w, b, addedMap, clamp, 3 + c.Input.Width, 2);

        float[] actual = output.Values();
        Sums expected = reference.Forward(x, w, b).Plus(added);
        if (clamp)
            for (int i = 0; i < actual.Length; i++)
            {
                Assert.True(actual[i] >= 0, what);
                if (actual[i] == 0 && expected.Values[i] < 0)
                    actual[i] = (float)expected.Values[i];
            }
        expected.AssertWithin(Allowed(tile), actual, what);
        output.AssertHaloUntouched(what);
        input.Memory.AssertGuardsUntouched(what);

        // The three phases, each in pieces, give the same bits.
        BlockedMap again = BlockedMap.Empty(c.Batch, c.OutChannels, reference.OutputHeight, reference.OutputWidth, 1);
        Run(bits, tile, c, false, input, again, w, b, addedMap, clamp, int.MaxValue, 0);
        Assert.Equal(output.Values(), again.Values());
    }

    /// <summary>Chunks of so many tiles, so many blocks of outputs at a time; 0 blocks: one chunk in three phases.</summary>
    private static void Run(int bits, int tile, ConvolutionCase c, bool turned, BlockedMap input, BlockedMap output, float[] w, float[] b, BlockedMap? residual, bool clamp, int tiles, int blocks, Guarded? weightGradient = null)
    {
        var reference = new ConvolutionReference(c);
        int padding = turned ? 2 - c.Padding.Top : c.Padding.Top;
        (int height, int width) = turned ? (c.Input.Height, c.Input.Width) : (reference.OutputHeight, reference.OutputWidth);
        var size = new WinogradSize(tile, c.Batch, height, width, input.Blocks, output.Blocks);
        tiles = Math.Min(tiles, size.Tiles);
        int held = blocks == 0 ? size.OutputBlocks : blocks, room = WinogradChunk.RoomFor(tiles);
        var packed = new Guarded(size.WeightLength);
        Guarded inputs = new(size.TransformedLength(size.InputBlocks, room)), outputs = new(size.TransformedLength(held, room));
        var bias = new float[size.OutputBlocks * 16];
        b.CopyTo(bias, 0);
        fixed (float* pw = w, pp = packed.Span, px = input.Memory.Span, py = output.Memory.Span, pb = bias, pg = weightGradient is null ? [] : weightGradient.Span, pr = residual is null ? [] : residual.Memory.Span)
        fixed (float* pi = inputs.Span, po = outputs.Span)
        {
            var weights = new WinogradWeights.Operands { Size = size, Weights = weightGradient is null ? pw : pg, OutChannels = c.OutChannels, InChannels = c.InChannels, Turned = turned, Packed = pp };
            var operands = new WinogradCorrelation.Operands
            {
                Size = size,
                Input = px + input.Place(-padding, -padding),
                InputSample = input.Sample,
                InputBlock = input.Block,
                InputPitch = input.Pitch,
                InputHeight = height + 2,
                InputWidth = width + 2,
                Weights = pp,
                Output = py + output.Place(0, 0),
                OutputSample = output.Sample,
                OutputBlock = output.Block,
                OutputPitch = output.Pitch,
                Bias = b.Length > 0 ? pb : null,
                Residual = residual is null ? null : pr,
                ResidualSample = residual?.Sample ?? 0,
                ResidualBlock = residual?.Block ?? 0,
                ResidualPitch = residual?.Pitch ?? 0,
                Lower = clamp ? 0 : float.NegativeInfinity,
                Upper = float.PositiveInfinity,
            };
            for (int first = 0; first < size.Tiles; first += tiles)
            {
                var chunk = new WinogradChunk { First = first, Tiles = Math.Min(tiles, size.Tiles - first), Inputs = pi, Outputs = po, Blocks = held };
                switch (bits)
                {
                    case 512: Run<Simd512, Vector512<float>>(weights, operands, chunk, blocks == 0, weightGradient is not null); break;
                    case 256: Run<Simd256, Vector256<float>>(weights, operands, chunk, blocks == 0, weightGradient is not null); break;
                    case 128: Run<Simd128, Vector128<float>>(weights, operands, chunk, blocks == 0, weightGradient is not null); break;
                    default: Run<SimdScalar, float>(weights, operands, chunk, blocks == 0, weightGradient is not null); break;
                }
            }
        }
        foreach (Guarded buffer in (Guarded[])[packed, inputs, outputs])
            buffer.AssertGuardsUntouched($"{c}, tile {tile}, {bits} bits");
    }

    private static void Run<TSimd, TVector>(in WinogradWeights.Operands weights, in WinogradCorrelation.Operands operands, in WinogradChunk chunk, bool phases, bool gradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        WinogradSize size = operands.Size;
        if (gradient)
        {
            RunGradient<TSimd, TVector>(weights, operands, chunk);
            return;
        }
        if (chunk.First == 0)
            for (int block = 0; block < size.OutputBlocks; block++)
                WinogradWeights.Pack<TSimd, TVector>(weights, block, block + 1);
        if (!phases)
        {
            WinogradCorrelation.Run<TSimd, TVector>(operands, chunk);
            return;
        }
        int middle = chunk.Tiles / 2;
        for (int block = 0; block < size.InputBlocks; block++)
        {
            WinogradCorrelation.TransformInputs<TSimd, TVector>(operands, chunk, middle, chunk.Tiles, block, block + 1);
            WinogradCorrelation.TransformInputs<TSimd, TVector>(operands, chunk, 0, middle, block, block + 1);
        }
        for (int position = 0; position < size.Positions; position++)
            for (int block = 0; block < chunk.Blocks; block++)
                WinogradCorrelation.Multiply<TSimd, TVector>(operands, chunk, position, position + 1, block, block + 1);
        for (int block = 0; block < chunk.Blocks; block++)
        {
            WinogradCorrelation.TransformOutputs<TSimd, TVector>(operands, chunk, middle, chunk.Tiles, block, block + 1);
            WinogradCorrelation.TransformOutputs<TSimd, TVector>(operands, chunk, 0, middle, block, block + 1);
        }
    }

    private static void RunGradient<TSimd, TVector>(in WinogradWeights.Operands weights, in WinogradCorrelation.Operands operands, in WinogradChunk chunk)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int middle = chunk.Tiles / 2, inputs = operands.Size.InputBlocks;
        WinogradCorrelation.TransformInputs<TSimd, TVector>(operands, chunk, 0, middle, 0, inputs);
        WinogradCorrelation.TransformInputs<TSimd, TVector>(operands, chunk, middle, chunk.Tiles, 0, inputs);
        WinogradGradient.TransformGradients<TSimd, TVector>(operands, chunk, 0, middle, 0, chunk.Blocks);
        WinogradGradient.TransformGradients<TSimd, TVector>(operands, chunk, middle, chunk.Tiles, 0, chunk.Blocks);
        for (int block = 0; block < chunk.Blocks; block++)
            WinogradGradient.Multiply<TSimd, TVector>(operands, chunk, 0, operands.Size.Positions, block, block + 1, clear: chunk.First == 0);
        if (chunk.First + chunk.Tiles == operands.Size.Tiles)
            for (int block = 0; block < chunk.Blocks; block++)
                WinogradWeights.AddGradient<TSimd, TVector>(weights, block, block + 1);
    }
}
