using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// The gradient of <see cref="BlockedCorrelation"/> with respect to its weights:
/// <code>weightGradient[o][t][i] += Σ_p outputGradient[o][p] · input[tap[t] + p·step + i]</code>
/// o is a block of 16 outputs, which lie in the lanes; the sum over pixels is the innermost loop.
/// </summary>
internal static unsafe class BlockedCorrelationGradient
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Channels of a tile.</summary>
    private const int Group = 8;

    /// <summary>Rows of seven pixels with three channels, as first layers have them, are whole tiles of this many.</summary>
    private const int SmallGroup = 7;

    /// <summary>Pixels after which sums are written: two blocks of gradients and one of inputs for so many (24 KB) stay in the first cache.</summary>
    private const int Pixels = 128;

    private const MethodImplOptions TileOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>Where everything lies. All distances in floats.</summary>
    public struct Operands
    {
        /// <summary>The first block's first pixel.</summary>
        public float* OutputGradient;
        public int GradientBlock;
        public int GradientStep;
        public int GradientPitch;

        /// <summary>The first pixel's first channel, at tap offset 0.</summary>
        public float* Input;

        /// <summary>(taps): what to add to a pixel's place.</summary>
        public int* InputTaps;
        public int Taps;

        /// <summary>Channels of a tap, side by side in the input.</summary>
        public int Inner;
        public int InputStep;
        public int InputPitch;

        /// <summary>(blocks, taps, inner, 16), added to.</summary>
        public float* WeightGradient;

        /// <summary>From one block of outputs to the next.</summary>
        public int WeightBlock;

        /// <summary>Blocks of 16 outputs.</summary>
        public int Blocks;
        public int Height;
        public int Width;

        /// <summary>Samples to sum over; 0 is one.</summary>
        public int Samples;
        public nint GradientSample;
        public nint InputSample;
    }

    /// <summary>Adds to all gradients at the width chosen for this machine.</summary>
    public static void Run(in Operands operands)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Run<Simd512, Vector512<float>>(operands); break;
            case 8: Run<Simd256, Vector256<float>>(operands); break;
            case 4: Run<Simd128, Vector128<float>>(operands); break;
            default: Run<SimdScalar, float>(operands); break;
        }
    }

    public static void Run<TSimd, TVector>(in Operands operands)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        // Pixels that a stride skips take their room in the cache, too.
        int pixels = operands.InputStep > operands.Inner && operands.Inner == Block ? Pixels / 2 : Pixels;
        int rows = Math.Max(1, pixels / Math.Max(1, operands.Width)), samples = Math.Max(1, pixels / Math.Max(1, operands.Width * operands.Height));
        int all = Math.Max(1, operands.Samples);
        for (int n = 0; n < all; n += samples)
            for (int y = 0; y < operands.Height; y += rows)
                Chunk<TSimd, TVector>(operands, n, Math.Min(n + samples, all), y, Math.Min(y + rows, operands.Height));
    }

    /// <summary>All gradients' sums over some rows of some samples.</summary>
    private static void Chunk<TSimd, TVector>(in Operands operands, int n, int endN, int y, int endY)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int vectors = operands.Blocks * Block / TSimd.Count;
        for (int v = 0; v < vectors; v += 2)
            for (int tap = 0; tap < operands.Taps; tap++)
            {
                int inner = 0, second = Math.Min(v + 1, vectors - 1);
                if (operands.Inner % SmallGroup == 0)
                    for (; inner < operands.Inner; inner += SmallGroup)
                        Tile7<TSimd, TVector>(operands, v, second, tap, inner, n, endN, y, endY);
                for (; inner + Group <= operands.Inner; inner += Group)
                    Tile8<TSimd, TVector>(operands, v, second, tap, inner, n, endN, y, endY);
                for (; inner < operands.Inner; inner++)
                    Tile1<TSimd, TVector>(operands, v, second, tap, inner, n, endN, y, endY);
            }
    }

    /// <summary>Where a vector of outputs lies among blocks that are <paramref name="block"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Place<TSimd, TVector>(int vector, int block)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        (nint)(vector * TSimd.Count / Block) * block + vector * TSimd.Count % Block;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TSimd, TVector>(TVector sum, float* gradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Store(TSimd.Add(TSimd.Load(gradient), sum), gradient);

    /// <summary>Two vectors of outputs by eight channels of a tap, the sums in registers.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile8<TSimd, TVector>(in Operands operands, int first, int second, int tap, int inner, int n, int endN, int firstY, int endY)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a0 = TSimd.Zero, b0 = TSimd.Zero;
        TVector a1 = TSimd.Zero, b1 = TSimd.Zero;
        TVector a2 = TSimd.Zero, b2 = TSimd.Zero;
        TVector a3 = TSimd.Zero, b3 = TSimd.Zero;
        TVector a4 = TSimd.Zero, b4 = TSimd.Zero;
        TVector a5 = TSimd.Zero, b5 = TSimd.Zero;
        TVector a6 = TSimd.Zero, b6 = TSimd.Zero;
        TVector a7 = TSimd.Zero, b7 = TSimd.Zero;
        float* rowA = operands.OutputGradient + Place<TSimd, TVector>(first, operands.GradientBlock);
        nint other = Place<TSimd, TVector>(second, operands.GradientBlock) - Place<TSimd, TVector>(first, operands.GradientBlock);
        float* row = operands.Input + operands.InputTaps[tap] + inner;
        for (; n < endN; n++)
            for (int y = firstY; y < endY; y++)
            {
                float* g = rowA + n * operands.GradientSample + (nint)y * operands.GradientPitch;
                float* p = row + n * operands.InputSample + (nint)y * operands.InputPitch;
                for (float* end = g + (nint)operands.Width * operands.GradientStep; g < end; g += operands.GradientStep)
                {
                    TVector ga = TSimd.Load(g);
                    TVector gb = TSimd.Load(g + other);
                    TVector x = TSimd.Broadcast(*p);
                    a0 = TSimd.MultiplyAdd(ga, x, a0);
                    b0 = TSimd.MultiplyAdd(gb, x, b0);
                    x = TSimd.Broadcast(p[1]);
                    a1 = TSimd.MultiplyAdd(ga, x, a1);
                    b1 = TSimd.MultiplyAdd(gb, x, b1);
                    x = TSimd.Broadcast(p[2]);
                    a2 = TSimd.MultiplyAdd(ga, x, a2);
                    b2 = TSimd.MultiplyAdd(gb, x, b2);
                    x = TSimd.Broadcast(p[3]);
                    a3 = TSimd.MultiplyAdd(ga, x, a3);
                    b3 = TSimd.MultiplyAdd(gb, x, b3);
                    x = TSimd.Broadcast(p[4]);
                    a4 = TSimd.MultiplyAdd(ga, x, a4);
                    b4 = TSimd.MultiplyAdd(gb, x, b4);
                    x = TSimd.Broadcast(p[5]);
                    a5 = TSimd.MultiplyAdd(ga, x, a5);
                    b5 = TSimd.MultiplyAdd(gb, x, b5);
                    x = TSimd.Broadcast(p[6]);
                    a6 = TSimd.MultiplyAdd(ga, x, a6);
                    b6 = TSimd.MultiplyAdd(gb, x, b6);
                    x = TSimd.Broadcast(p[7]);
                    a7 = TSimd.MultiplyAdd(ga, x, a7);
                    b7 = TSimd.MultiplyAdd(gb, x, b7);
                    p += operands.InputStep;
                }
            }
        nint place = ((nint)tap * operands.Inner + inner) * Block;
        float* w = operands.WeightGradient + Place<TSimd, TVector>(first, operands.WeightBlock) + place;
        Add<TSimd, TVector>(a0, w);
        Add<TSimd, TVector>(a1, w + Block);
        Add<TSimd, TVector>(a2, w + 2 * Block);
        Add<TSimd, TVector>(a3, w + 3 * Block);
        Add<TSimd, TVector>(a4, w + 4 * Block);
        Add<TSimd, TVector>(a5, w + 5 * Block);
        Add<TSimd, TVector>(a6, w + 6 * Block);
        Add<TSimd, TVector>(a7, w + 7 * Block);
        if (second == first)
            return;
        w = operands.WeightGradient + Place<TSimd, TVector>(second, operands.WeightBlock) + place;
        Add<TSimd, TVector>(b0, w);
        Add<TSimd, TVector>(b1, w + Block);
        Add<TSimd, TVector>(b2, w + 2 * Block);
        Add<TSimd, TVector>(b3, w + 3 * Block);
        Add<TSimd, TVector>(b4, w + 4 * Block);
        Add<TSimd, TVector>(b5, w + 5 * Block);
        Add<TSimd, TVector>(b6, w + 6 * Block);
        Add<TSimd, TVector>(b7, w + 7 * Block);
    }

    /// <summary>Two vectors of outputs by seven channels of a tap, the sums in registers.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile7<TSimd, TVector>(in Operands operands, int first, int second, int tap, int inner, int n, int endN, int firstY, int endY)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a0 = TSimd.Zero, b0 = TSimd.Zero;
        TVector a1 = TSimd.Zero, b1 = TSimd.Zero;
        TVector a2 = TSimd.Zero, b2 = TSimd.Zero;
        TVector a3 = TSimd.Zero, b3 = TSimd.Zero;
        TVector a4 = TSimd.Zero, b4 = TSimd.Zero;
        TVector a5 = TSimd.Zero, b5 = TSimd.Zero;
        TVector a6 = TSimd.Zero, b6 = TSimd.Zero;
        float* rowA = operands.OutputGradient + Place<TSimd, TVector>(first, operands.GradientBlock);
        nint other = Place<TSimd, TVector>(second, operands.GradientBlock) - Place<TSimd, TVector>(first, operands.GradientBlock);
        float* row = operands.Input + operands.InputTaps[tap] + inner;
        for (; n < endN; n++)
            for (int y = firstY; y < endY; y++)
            {
                float* g = rowA + n * operands.GradientSample + (nint)y * operands.GradientPitch;
                float* p = row + n * operands.InputSample + (nint)y * operands.InputPitch;
                for (float* end = g + (nint)operands.Width * operands.GradientStep; g < end; g += operands.GradientStep)
                {
                    TVector ga = TSimd.Load(g);
                    TVector gb = TSimd.Load(g + other);
                    TVector x = TSimd.Broadcast(*p);
                    a0 = TSimd.MultiplyAdd(ga, x, a0);
                    b0 = TSimd.MultiplyAdd(gb, x, b0);
                    x = TSimd.Broadcast(p[1]);
                    a1 = TSimd.MultiplyAdd(ga, x, a1);
                    b1 = TSimd.MultiplyAdd(gb, x, b1);
                    x = TSimd.Broadcast(p[2]);
                    a2 = TSimd.MultiplyAdd(ga, x, a2);
                    b2 = TSimd.MultiplyAdd(gb, x, b2);
                    x = TSimd.Broadcast(p[3]);
                    a3 = TSimd.MultiplyAdd(ga, x, a3);
                    b3 = TSimd.MultiplyAdd(gb, x, b3);
                    x = TSimd.Broadcast(p[4]);
                    a4 = TSimd.MultiplyAdd(ga, x, a4);
                    b4 = TSimd.MultiplyAdd(gb, x, b4);
                    x = TSimd.Broadcast(p[5]);
                    a5 = TSimd.MultiplyAdd(ga, x, a5);
                    b5 = TSimd.MultiplyAdd(gb, x, b5);
                    x = TSimd.Broadcast(p[6]);
                    a6 = TSimd.MultiplyAdd(ga, x, a6);
                    b6 = TSimd.MultiplyAdd(gb, x, b6);
                    p += operands.InputStep;
                }
            }
        nint place = ((nint)tap * operands.Inner + inner) * Block;
        float* w = operands.WeightGradient + Place<TSimd, TVector>(first, operands.WeightBlock) + place;
        Add<TSimd, TVector>(a0, w);
        Add<TSimd, TVector>(a1, w + Block);
        Add<TSimd, TVector>(a2, w + 2 * Block);
        Add<TSimd, TVector>(a3, w + 3 * Block);
        Add<TSimd, TVector>(a4, w + 4 * Block);
        Add<TSimd, TVector>(a5, w + 5 * Block);
        Add<TSimd, TVector>(a6, w + 6 * Block);
        if (second == first)
            return;
        w = operands.WeightGradient + Place<TSimd, TVector>(second, operands.WeightBlock) + place;
        Add<TSimd, TVector>(b0, w);
        Add<TSimd, TVector>(b1, w + Block);
        Add<TSimd, TVector>(b2, w + 2 * Block);
        Add<TSimd, TVector>(b3, w + 3 * Block);
        Add<TSimd, TVector>(b4, w + 4 * Block);
        Add<TSimd, TVector>(b5, w + 5 * Block);
        Add<TSimd, TVector>(b6, w + 6 * Block);
    }

    /// <summary>Two vectors of outputs by one channel of a tap.</summary>
    [MethodImpl(TileOptions)]
    private static void Tile1<TSimd, TVector>(in Operands operands, int first, int second, int tap, int inner, int n, int endN, int firstY, int endY)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector a0 = TSimd.Zero, b0 = TSimd.Zero;
        float* rowA = operands.OutputGradient + Place<TSimd, TVector>(first, operands.GradientBlock);
        nint other = Place<TSimd, TVector>(second, operands.GradientBlock) - Place<TSimd, TVector>(first, operands.GradientBlock);
        float* row = operands.Input + operands.InputTaps[tap] + inner;
        for (; n < endN; n++)
            for (int y = firstY; y < endY; y++)
            {
                float* g = rowA + n * operands.GradientSample + (nint)y * operands.GradientPitch;
                float* p = row + n * operands.InputSample + (nint)y * operands.InputPitch;
                for (float* end = g + (nint)operands.Width * operands.GradientStep; g < end; g += operands.GradientStep)
                {
                    TVector x = TSimd.Broadcast(*p);
                    a0 = TSimd.MultiplyAdd(TSimd.Load(g), x, a0);
                    b0 = TSimd.MultiplyAdd(TSimd.Load(g + other), x, b0);
                    p += operands.InputStep;
                }
            }
        nint place = ((nint)tap * operands.Inner + inner) * Block;
        Add<TSimd, TVector>(a0, operands.WeightGradient + Place<TSimd, TVector>(first, operands.WeightBlock) + place);
        if (second != first)
            Add<TSimd, TVector>(b0, operands.WeightGradient + Place<TSimd, TVector>(second, operands.WeightBlock) + place);
    }
}
