using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>Applies an <see cref="IBinary"/> to a tile: whole vectors first, then one number at a time, to the same bits.</summary>
internal static unsafe class BinaryLoop
{
    /// <summary>A loop is worth full optimisation from its first call on: calls are too short for the runtime to notice before many of them.</summary>
    internal const MethodImplOptions LoopOptions = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;

    /// <summary>z = f(x, y).</summary>
    /// <param name="x">The left operand.</param>
    /// <param name="y">The right operand.</param>
    /// <param name="z">The output; may be an operand that has a number for each of its own.</param>
    /// <param name="tile">How they lie.</param>
    public static void Forward<TFunction>(float* x, float* y, float* z, in BinaryTile tile)
        where TFunction : struct, IBinary
    {
        switch (SimdWidth.Bits)
        {
            case 512: Forward<TFunction, Simd512, Vector512<float>>(x, y, z, tile); break;
            case 256: Forward<TFunction, Simd256, Vector256<float>>(x, y, z, tile); break;
            case 128: Forward<TFunction, Simd128, Vector128<float>>(x, y, z, tile); break;
            default: Forward<TFunction, SimdScalar, float>(x, y, z, tile); break;
        }
    }

    [MethodImpl(LoopOptions)]
    internal static void Forward<TFunction, TSimd, TVector>(float* x, float* y, float* z, in BinaryTile tile)
        where TFunction : struct, IBinary
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        bool oneLeft = (tile.Single & Operands.Left) != 0, oneRight = (tile.Single & Operands.Right) != 0;
        int run = tile.Run;
        for (int row = 0; row < tile.Rows; row++, x += tile.LeftPitch, y += tile.RightPitch, z += tile.OutputPitch)
        {
            int i = 0;
            for (; i + TSimd.Count <= run; i += TSimd.Count)
                TSimd.Store(TFunction.Value<TSimd, TVector>(At<TSimd, TVector>(x, oneLeft, i), At<TSimd, TVector>(y, oneRight, i)), z + i);
            for (; i < run; i++)
                z[i] = TFunction.Value<SimdScalar, float>(At<SimdScalar, float>(x, oneLeft, i), At<SimdScalar, float>(y, oneRight, i));
        }
    }

    /// <summary>The numbers of an operand from the i-th on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector At<TSimd, TVector>(float* operand, bool one, int i)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        one ? TSimd.Broadcast(*operand) : TSimd.Load(operand + i);
}
