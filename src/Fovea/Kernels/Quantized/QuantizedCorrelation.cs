using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Quantized;

/// <summary>
/// The product behind convolutions and linear layers over quantised maps, where 16 channels of a pixel, a byte each, lie
/// side by side:
/// <code>total[o][p] = Σₛ Σᵢ input[step[s] + p·step + i] · weights[o][s][i]</code>
/// in whole numbers, the same on every machine. o is an output, of which 16 make a block; p a pixel; s a step, four
/// channels of one cell of the kernel, and i one of the four. Activations are 0 to 127, weights −127 to 127. Steps come in
/// groups that <see cref="QuantizedWeights"/> makes so short that 16 bits hold the sums of a group, whatever the
/// activations; only between groups are sums widened to 32 bits.
/// </summary>
internal static unsafe class QuantizedCorrelation
{
    /// <summary>Channels that lie side by side.</summary>
    public const int Block = 16;

    /// <summary>Channels of a step.</summary>
    public const int Quad = 4;

    /// <summary>The largest activation: products of two of them and the largest weights still fit in 16 bits.</summary>
    public const int MaxActivation = 127;

    /// <summary>Pixels of a tile: widths of 7, 14, 28, 56 and 112 are whole tiles.</summary>
    private const int Pixels = 7;

    /// <summary>See <see cref="Blocked.BlockedCorrelation"/>: inlined, a tile would exhaust the JIT's budget.</summary>
    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies. All distances in elements.</summary>
    public struct Operands
    {
        /// <summary>The first pixel's first channel, at step offset 0.</summary>
        public byte* Input;

        /// <summary>(steps): what to add to a pixel's place.</summary>
        public int* Steps;

        /// <summary>From one pixel to the next of its row.</summary>
        public int InputStep;

        /// <summary>From one row of pixels to the next.</summary>
        public int InputPitch;

        /// <summary>(blocks, steps, 16, 4).</summary>
        public sbyte* Weights;

        /// <summary>From one block of outputs to the next.</summary>
        public int WeightBlock;

        /// <summary>The steps of every group, for each pair of blocks.</summary>
        public int* Groups;

        /// <summary>(pairs of blocks + 1): where each pair's groups start.</summary>
        public int* GroupStarts;

        /// <summary>(blocks, 16).</summary>
        public float* Scale;

        /// <summary>(blocks, 16).</summary>
        public float* Bias;

        /// <summary>The first pixel of the output if that is bytes, else null.</summary>
        public byte* Output;

        /// <summary>The first pixel of the output if that is floats, else null.</summary>
        public float* FloatOutput;
        public int OutputBlock;
        public int OutputPitch;

        /// <summary>Laid out as the output but for its own block and pitch; null for none.</summary>
        public byte* Residual;
        public int ResidualBlock;
        public int ResidualPitch;
        public float ResidualScale;

        /// <summary>What the result is clamped to.</summary>
        public float Lower;

        /// <inheritdoc cref="Lower"/>
        public float Upper;

        /// <summary>The first block of 16 outputs, an even one.</summary>
        public int FirstBlock;
        public int Blocks;
        public int Height;
        public int Width;
    }

    /// <summary>Where the factors and the totals of bare products lie; distances in bytes, but of totals in elements.</summary>
    public struct Products
    {
        public byte* Input;

        /// <summary>From one pixel to the next.</summary>
        public int InputStep;

        /// <summary>(steps): what to add to a pixel's place.</summary>
        public int* Steps;
        public int StepCount;

        /// <summary>(blocks, steps, 16, 4 bytes).</summary>
        public sbyte* Weights;
        public int WeightBlock;

        /// <summary>(blocks, pixels, 16).</summary>
        public int* Totals;
        public int TotalBlock;
        public int Blocks;

        /// <summary>Pixels.</summary>
        public int Count;
    }

    /// <summary>What makes outputs of the totals of a row of pixels: (pixels, lanes).</summary>
    public struct Finish
    {
        public float* Scale;
        public float* Bias;
        public byte* Residual;
        public float ResidualScale;
        public float Lower;
        public float Upper;
        public byte* Output;
        public float* FloatOutput;
        public int Pixels;
    }

    /// <summary>Computes all blocks and pixels with the best instructions of this machine.</summary>
    public static void Run(in Operands operands)
    {
        if (AvxVnni.IsSupported && SimdWidth.Bits >= 256)
            Run<VnniSimd256, Vector256<byte>>(operands);
        else if (Avx512BW.IsSupported && SimdWidth.Bits == 512)
            Run<ByteSimd512, Vector512<byte>>(operands);
        else if (Avx2.IsSupported && SimdWidth.Bits >= 256)
            Run<ByteSimd256, Vector256<byte>>(operands);
        else
            Run<ByteSimd128, Vector128<byte>>(operands);
    }

    public static void Run<TSimd, TVector>(in Operands operands)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged
    {
        byte* room = stackalloc byte[2 * Pixels * Block * sizeof(int) + 64];
        int* totals = (int*)((nint)(room + 63) & ~63);
        int vectors = (operands.FirstBlock + operands.Blocks) * Block / TSimd.Count;
        for (int v = operands.FirstBlock * Block / TSimd.Count; v < vectors; v += 2)
        {
            // The next pair's weights are fetched while this pair's are worked with.
            nint ahead = Place<TSimd, TVector>(Math.Min(v + 2, vectors - 1), operands.WeightBlock, Quad) - Place<TSimd, TVector>(v, operands.WeightBlock, Quad);
            RunPair<TSimd, TVector>(operands, v, Math.Min(v + 1, vectors - 1), totals, ahead);
        }
    }

    /// <summary>Computes bare totals, without groups: for products that have 32 bits at once.</summary>
    public static void Multiply<TSimd, TVector>(in Products products)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged
    {
        int steps = products.StepCount, vectors = products.Blocks * Block / TSimd.Count;
        for (int first = 0; first < vectors; first += 2)
        {
            int second = Math.Min(first + 1, vectors - 1);
            sbyte* wa = products.Weights + Place<TSimd, TVector>(first, products.WeightBlock, Quad), wb = products.Weights + Place<TSimd, TVector>(second, products.WeightBlock, Quad);
            int* ta = products.Totals + Place<TSimd, TVector>(first, products.TotalBlock, 1), tb = products.Totals + Place<TSimd, TVector>(second, products.TotalBlock, 1);
            int x = 0;
            for (; x + Pixels <= products.Count; x += Pixels)
                Tile7<TSimd, TVector>(products.Input + (nint)x * products.InputStep, products.InputStep, products.Steps, &steps, &steps + 1, wa, wb, ta + x * Block, tb + x * Block, Block, 0);
            for (; x < products.Count; x++)
                Tile1<TSimd, TVector>(products.Input + (nint)x * products.InputStep, products.Steps, &steps, &steps + 1, wa, wb, ta + x * Block, tb + x * Block);
        }
    }

    /// <summary>All pixels of two vectors of outputs (of one twice, where their number is odd).</summary>
    private static void RunPair<TSimd, TVector>(in Operands operands, int first, int second, int* totals, nint ahead)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged
    {
        int tiles = 0, pair = first * TSimd.Count / Block / 2;
        int* groups = operands.Groups + operands.GroupStarts[pair], end = operands.Groups + operands.GroupStarts[pair + 1];
        sbyte* wa = operands.Weights + Place<TSimd, TVector>(first, operands.WeightBlock, Quad), wb = operands.Weights + Place<TSimd, TVector>(second, operands.WeightBlock, Quad);
        for (int y = 0; y < operands.Height; y++)
        {
            byte* row = operands.Input + (nint)y * operands.InputPitch;
            for (int x = 0; x < operands.Width; x += Pixels)
            {
                // The row's last tile starts early and computes some pixels twice.
                int start = Math.Min(x, Math.Max(0, operands.Width - Pixels)), pixels = Math.Min(Pixels, operands.Width);
                byte* pixel = row + (nint)start * operands.InputStep;
                if (pixels == Pixels)
                    Tile7<TSimd, TVector>(pixel, operands.InputStep, operands.Steps, groups, end, wa, wb, totals, totals + Pixels * TSimd.Count, TSimd.Count, Fetch(tiles++));
                else
                    for (int p = 0; p < pixels; p++)
                        Tile1<TSimd, TVector>(pixel + (nint)p * operands.InputStep, operands.Steps, groups, end, wa, wb, totals + p * TSimd.Count, totals + (Pixels + p) * TSimd.Count);
                End<TSimd, TVector>(operands, first, y, start, pixels, totals);
                if (second != first)
                    End<TSimd, TVector>(operands, second, y, start, pixels, totals + Pixels * TSimd.Count);
            }
        }

        // Each tile fetches as much as it reads of one vector's weights: the first tile for the first, the second for the second.
        nint Fetch(int tile) => tile == 0 ? ahead : tile == 1 ? ahead + (nint)(wb - wa) : 0;
    }

    /// <summary>Asks for a line of weights to be brought into the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(sbyte* place)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(place);
    }

    /// <summary>Makes outputs of the totals of one vector of outputs.</summary>
    private static void End<TSimd, TVector>(in Operands operands, int vector, int y, int x, int pixels, int* totals)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged
    {
        nint place = Place<TSimd, TVector>(vector, operands.OutputBlock, 1) + (nint)y * operands.OutputPitch + x * Block;
        var finish = new Finish
        {
            Scale = operands.Scale + vector * TSimd.Count,
            Bias = operands.Bias + vector * TSimd.Count,
            Residual = operands.Residual == null ? null : operands.Residual + Place<TSimd, TVector>(vector, operands.ResidualBlock, 1) + (nint)y * operands.ResidualPitch + x * Block,
            ResidualScale = operands.ResidualScale,
            Lower = operands.Lower,
            Upper = operands.Upper,
            Output = operands.Output + place,
            FloatOutput = operands.FloatOutput + place,
            Pixels = pixels,
        };
        if (operands.FloatOutput != null)
            TSimd.FinishFloats(totals, finish);
        else
            TSimd.Finish(totals, finish);
    }

    /// <summary>Where a vector of outputs lies among blocks: every output takes <paramref name="size"/> elements.</summary>
    private static nint Place<TSimd, TVector>(int vector, int block, int size)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged =>
        (nint)(vector * TSimd.Count / Block) * block + vector * TSimd.Count % Block * size;

    /// <summary>Two vectors of outputs (a, b) by seven pixels, all sums in registers; totals (7, step) each.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile7<TSimd, TVector>(byte* pixel, nint step, int* offset, int* group, int* end, sbyte* wa, sbyte* wb, int* first, int* second, nint totalStep, nint ahead)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged
    {
        nint step3 = 3 * step, other = (nint)(wb - wa);
        TVector ta0 = default, ta1 = default, ta2 = default, ta3 = default, ta4 = default, ta5 = default, ta6 = default;
        TVector tb0 = default, tb1 = default, tb2 = default, tb3 = default, tb4 = default, tb5 = default, tb6 = default;
        for (; group < end; group++)
        {
            byte* p = pixel + *offset++, q = p + step3;
            TVector a = TSimd.Load(wa), b = TSimd.Load(wa + other), x = TSimd.Broadcast(p);
            Prefetch(wa + ahead);
            wa += Block * Quad;
            TVector a0 = TSimd.Multiply(x, a), b0 = TSimd.Multiply(x, b);
            x = TSimd.Broadcast(p + step);
            TVector a1 = TSimd.Multiply(x, a), b1 = TSimd.Multiply(x, b);
            x = TSimd.Broadcast(p + 2 * step);
            TVector a2 = TSimd.Multiply(x, a), b2 = TSimd.Multiply(x, b);
            x = TSimd.Broadcast(q);
            TVector a3 = TSimd.Multiply(x, a), b3 = TSimd.Multiply(x, b);
            x = TSimd.Broadcast(q + step);
            TVector a4 = TSimd.Multiply(x, a), b4 = TSimd.Multiply(x, b);
            x = TSimd.Broadcast(q + 2 * step);
            TVector a5 = TSimd.Multiply(x, a), b5 = TSimd.Multiply(x, b);
            x = TSimd.Broadcast(q + step3);
            TVector a6 = TSimd.Multiply(x, a), b6 = TSimd.Multiply(x, b);
            for (int* last = offset + *group - 1; offset < last; offset++)
            {
                p = pixel + *offset;
                q = p + step3;
                a = TSimd.Load(wa);
                b = TSimd.Load(wa + other);
                Prefetch(wa + ahead);
                wa += Block * Quad;
                x = TSimd.Broadcast(p);
                a0 = TSimd.MultiplyAdd(a0, x, a);
                b0 = TSimd.MultiplyAdd(b0, x, b);
                x = TSimd.Broadcast(p + step);
                a1 = TSimd.MultiplyAdd(a1, x, a);
                b1 = TSimd.MultiplyAdd(b1, x, b);
                x = TSimd.Broadcast(p + 2 * step);
                a2 = TSimd.MultiplyAdd(a2, x, a);
                b2 = TSimd.MultiplyAdd(b2, x, b);
                x = TSimd.Broadcast(q);
                a3 = TSimd.MultiplyAdd(a3, x, a);
                b3 = TSimd.MultiplyAdd(b3, x, b);
                x = TSimd.Broadcast(q + step);
                a4 = TSimd.MultiplyAdd(a4, x, a);
                b4 = TSimd.MultiplyAdd(b4, x, b);
                x = TSimd.Broadcast(q + 2 * step);
                a5 = TSimd.MultiplyAdd(a5, x, a);
                b5 = TSimd.MultiplyAdd(b5, x, b);
                x = TSimd.Broadcast(q + step3);
                a6 = TSimd.MultiplyAdd(a6, x, a);
                b6 = TSimd.MultiplyAdd(b6, x, b);
            }
            ta0 = TSimd.Widen(ta0, a0);
            ta1 = TSimd.Widen(ta1, a1);
            ta2 = TSimd.Widen(ta2, a2);
            ta3 = TSimd.Widen(ta3, a3);
            ta4 = TSimd.Widen(ta4, a4);
            ta5 = TSimd.Widen(ta5, a5);
            ta6 = TSimd.Widen(ta6, a6);
            tb0 = TSimd.Widen(tb0, b0);
            tb1 = TSimd.Widen(tb1, b1);
            tb2 = TSimd.Widen(tb2, b2);
            tb3 = TSimd.Widen(tb3, b3);
            tb4 = TSimd.Widen(tb4, b4);
            tb5 = TSimd.Widen(tb5, b5);
            tb6 = TSimd.Widen(tb6, b6);
        }
        TSimd.Store(ta0, first);
        TSimd.Store(ta1, first + totalStep);
        TSimd.Store(ta2, first + 2 * totalStep);
        TSimd.Store(ta3, first + 3 * totalStep);
        TSimd.Store(ta4, first + 4 * totalStep);
        TSimd.Store(ta5, first + 5 * totalStep);
        TSimd.Store(ta6, first + 6 * totalStep);
        TSimd.Store(tb0, second);
        TSimd.Store(tb1, second + totalStep);
        TSimd.Store(tb2, second + 2 * totalStep);
        TSimd.Store(tb3, second + 3 * totalStep);
        TSimd.Store(tb4, second + 4 * totalStep);
        TSimd.Store(tb5, second + 5 * totalStep);
        TSimd.Store(tb6, second + 6 * totalStep);
    }

    /// <summary>Two vectors of outputs by one pixel; totals as those of one of <see cref="Tile7"/>'s pixels.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile1<TSimd, TVector>(byte* pixel, int* offset, int* group, int* end, sbyte* wa, sbyte* wb, int* first, int* second)
        where TSimd : IByteSimd<TVector>
        where TVector : unmanaged
    {
        nint other = (nint)(wb - wa);
        TVector ta = default, tb = default;
        for (; group < end; group++)
        {
            TVector x = TSimd.Broadcast(pixel + *offset++);
            TVector a = TSimd.Multiply(x, TSimd.Load(wa)), b = TSimd.Multiply(x, TSimd.Load(wa + other));
            wa += Block * Quad;
            for (int* last = offset + *group - 1; offset < last; offset++, wa += Block * Quad)
            {
                x = TSimd.Broadcast(pixel + *offset);
                a = TSimd.MultiplyAdd(a, x, TSimd.Load(wa));
                b = TSimd.MultiplyAdd(b, x, TSimd.Load(wa + other));
            }
            ta = TSimd.Widen(ta, a);
            tb = TSimd.Widen(tb, b);
        }
        TSimd.Store(ta, first);
        TSimd.Store(tb, second);
    }
}
