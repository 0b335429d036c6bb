using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>One of the gradients of an <see cref="IBinary"/>.</summary>
internal interface IBinarySide
{
    static abstract Operands Reads { get; }

    static abstract TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged;
}

/// <inheritdoc cref="IBinary.LeftGradient"/>
internal readonly struct LeftSide<TFunction> : IBinarySide
    where TFunction : struct, IBinary
{
    public static Operands Reads => TFunction.LeftReads;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => TFunction.LeftGradient<TSimd, TVector>(x, y, g);
}

/// <inheritdoc cref="IBinary.RightGradient"/>
internal readonly struct RightSide<TFunction> : IBinarySide
    where TFunction : struct, IBinary
{
    public static Operands Reads => TFunction.RightReads;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gradient<TSimd, TVector>(TVector x, TVector y, TVector g)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged => TFunction.RightGradient<TSimd, TVector>(x, y, g);
}

/// <summary>
/// The gradient of an <see cref="IBinary"/> with respect to one operand, on a tile. Where the operand has one number for
/// many outputs, their gradients are summed; the order of a sum depends on the tile and the vector's width alone.
/// </summary>
internal static unsafe class BinaryGradient
{
    /// <summary>d = g · ∂f, or d + g · ∂f.</summary>
    /// <param name="left">Whether it is the left operand's.</param>
    /// <param name="x">The left operand.</param>
    /// <param name="y">The right operand.</param>
    /// <param name="g">The output's gradient.</param>
    /// <param name="d">The operand's gradient, laid out as the operand.</param>
    /// <param name="adds">Whether to add to what is there; an operand with one number, or one row, for many outputs always does.</param>
    /// <param name="tile">How they lie.</param>
    public static void Run<TFunction>(bool left, float* x, float* y, float* g, float* d, bool adds, in BinaryTile tile)
        where TFunction : struct, IBinary
    {
        switch (SimdWidth.Bits)
        {
            case 512: Run<TFunction, Simd512, Vector512<float>>(left, x, y, g, d, adds, tile); break;
            case 256: Run<TFunction, Simd256, Vector256<float>>(left, x, y, g, d, adds, tile); break;
            case 128: Run<TFunction, Simd128, Vector128<float>>(left, x, y, g, d, adds, tile); break;
            default: Run<TFunction, SimdScalar, float>(left, x, y, g, d, adds, tile); break;
        }
    }

    internal static void Run<TFunction, TSimd, TVector>(bool left, float* x, float* y, float* g, float* d, bool adds, in BinaryTile tile)
        where TFunction : struct, IBinary
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (left)
            RunSide<LeftSide<TFunction>, TSimd, TVector>(x, y, g, d, tile.LeftPitch, (tile.Single & Operands.Left) != 0, adds, tile);
        else
            RunSide<RightSide<TFunction>, TSimd, TVector>(x, y, g, d, tile.RightPitch, (tile.Single & Operands.Right) != 0, adds, tile);
    }

    private static void RunSide<TSide, TSimd, TVector>(float* x, float* y, float* g, float* d, int pitch, bool single, bool adds, in BinaryTile tile)
        where TSide : struct, IBinarySide
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        if (single)
            SumRows<TSide, TSimd, TVector>(x, y, g, d, pitch, tile);
        else if (pitch != 0 || tile.Rows == 1)
            Each<TSide, TSimd, TVector>(x, y, g, d, pitch, adds, tile);
        else
        {
            int done = SumColumns<TSide, TSimd, TVector>(x, y, g, d, 0, tile);
            if (done < tile.Run)
                SumColumns<TSide, SimdScalar, float>(x, y, g, d, done, tile);
        }
    }

    [MethodImpl(BinaryLoop.LoopOptions)]
    private static void Each<TSide, TSimd, TVector>(float* x, float* y, float* g, float* d, int pitch, bool adds, in BinaryTile tile)
        where TSide : struct, IBinarySide
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        bool oneLeft = (tile.Single & Operands.Left) != 0, oneRight = (tile.Single & Operands.Right) != 0;
        int run = tile.Run;
        for (int row = 0; row < tile.Rows; row++, x += tile.LeftPitch, y += tile.RightPitch, g += tile.OutputPitch, d += pitch)
        {
            int i = 0;
            for (; i + TSimd.Count <= run; i += TSimd.Count)
            {
                TVector gradient = At<TSide, TSimd, TVector>(x, oneLeft, y, oneRight, g, i);
                TSimd.Store(adds ? TSimd.Add(gradient, TSimd.Load(d + i)) : gradient, d + i);
            }
            for (; i < run; i++)
                d[i] = adds ? At<TSide, SimdScalar, float>(x, oneLeft, y, oneRight, g, i) + d[i] : At<TSide, SimdScalar, float>(x, oneLeft, y, oneRight, g, i);
        }
    }

    /// <summary>A number for a whole row: four vectors of sums at a time, or every addition would wait for the one before.</summary>
    [MethodImpl(BinaryLoop.LoopOptions)]
    private static void SumRows<TSide, TSimd, TVector>(float* x, float* y, float* g, float* d, int pitch, in BinaryTile tile)
        where TSide : struct, IBinarySide
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        bool oneLeft = (tile.Single & Operands.Left) != 0, oneRight = (tile.Single & Operands.Right) != 0;
        int run = tile.Run;
        for (int row = 0; row < tile.Rows; row++, x += tile.LeftPitch, y += tile.RightPitch, g += tile.OutputPitch, d += pitch)
        {
            TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0;
            int i = 0;
            for (; i + 4 * TSimd.Count <= run; i += 4 * TSimd.Count)
            {
                s0 = TSimd.Add(s0, At<TSide, TSimd, TVector>(x, oneLeft, y, oneRight, g, i));
                s1 = TSimd.Add(s1, At<TSide, TSimd, TVector>(x, oneLeft, y, oneRight, g, i + TSimd.Count));
                s2 = TSimd.Add(s2, At<TSide, TSimd, TVector>(x, oneLeft, y, oneRight, g, i + 2 * TSimd.Count));
                s3 = TSimd.Add(s3, At<TSide, TSimd, TVector>(x, oneLeft, y, oneRight, g, i + 3 * TSimd.Count));
            }
            for (; i + TSimd.Count <= run; i += TSimd.Count)
                s0 = TSimd.Add(s0, At<TSide, TSimd, TVector>(x, oneLeft, y, oneRight, g, i));
            float sum = TSimd.Sum(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
            for (; i < run; i++)
                sum += At<TSide, SimdScalar, float>(x, oneLeft, y, oneRight, g, i);
            *d += sum;
        }
    }

    /// <summary>A row for all rows: four rows at a time, likewise. Returns how many columns are done.</summary>
    [MethodImpl(BinaryLoop.LoopOptions)]
    private static int SumColumns<TSide, TSimd, TVector>(float* x, float* y, float* g, float* d, int i, in BinaryTile tile)
        where TSide : struct, IBinarySide
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        bool oneLeft = (tile.Single & Operands.Left) != 0, oneRight = (tile.Single & Operands.Right) != 0;
        nint leftPitch = tile.LeftPitch, rightPitch = tile.RightPitch, pitch = tile.OutputPitch;
        for (; i + TSimd.Count <= tile.Run; i += TSimd.Count)
        {
            TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0;
            float* left = x, right = y, gradient = g;
            int row = 0;
            for (; row + 4 <= tile.Rows; row += 4, left += 4 * leftPitch, right += 4 * rightPitch, gradient += 4 * pitch)
            {
                s0 = TSimd.Add(s0, At<TSide, TSimd, TVector>(left, oneLeft, right, oneRight, gradient, i));
                s1 = TSimd.Add(s1, At<TSide, TSimd, TVector>(left + leftPitch, oneLeft, right + rightPitch, oneRight, gradient + pitch, i));
                s2 = TSimd.Add(s2, At<TSide, TSimd, TVector>(left + 2 * leftPitch, oneLeft, right + 2 * rightPitch, oneRight, gradient + 2 * pitch, i));
                s3 = TSimd.Add(s3, At<TSide, TSimd, TVector>(left + 3 * leftPitch, oneLeft, right + 3 * rightPitch, oneRight, gradient + 3 * pitch, i));
            }
            for (; row < tile.Rows; row++, left += leftPitch, right += rightPitch, gradient += pitch)
                s0 = TSimd.Add(s0, At<TSide, TSimd, TVector>(left, oneLeft, right, oneRight, gradient, i));
            TSimd.Store(TSimd.Add(TSimd.Load(d + i), TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3))), d + i);
        }
        return i;
    }

    /// <summary>The gradients of the i-th outputs; operands that they do not depend on are not loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector At<TSide, TSimd, TVector>(float* x, bool oneLeft, float* y, bool oneRight, float* g, int i)
        where TSide : struct, IBinarySide
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSide.Gradient<TSimd, TVector>(
            (TSide.Reads & Operands.Left) == 0 ? TSimd.Zero : BinaryLoop.At<TSimd, TVector>(x, oneLeft, i),
            (TSide.Reads & Operands.Right) == 0 ? TSimd.Zero : BinaryLoop.At<TSimd, TVector>(y, oneRight, i), TSimd.Load(g + i));
}
