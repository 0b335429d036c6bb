using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// Sums over rows of pixels of 16 samples side by side, every lane for itself. The order of the sums depends on the rows
/// alone, not on how many come in one call.
/// </summary>
internal static unsafe class LaneSums
{
    /// <summary>How many samples lie side by side.</summary>
    public const int Lanes = 16;

    /// <summary>sums += Σ rows, lane by lane.</summary>
    /// <param name="rows">The first of the rows.</param>
    /// <param name="pitch">Floats from a row to the next.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="length">Floats in a row, a multiple of 16.</param>
    /// <param name="sums">(16).</param>
    public static void Add(float* rows, int pitch, int count, int length, float* sums)
    {
        switch (Math.Min(Lanes, SimdWidth.Floats))
        {
            case 16: Add<Simd512, Vector512<float>>(rows, pitch, count, length, sums); break;
            case 8: Add<Simd256, Vector256<float>>(rows, pitch, count, length, sums); break;
            case 4: Add<Simd128, Vector128<float>>(rows, pitch, count, length, sums); break;
            default: Add<SimdScalar, float>(rows, pitch, count, length, sums); break;
        }
    }

    private static void Add<TSimd, TVector>(float* rows, int pitch, int count, int length, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int y = 0; y < count; y++)
            for (int lane = 0; lane < Lanes; lane += TSimd.Count)
            {
                float* row = rows + (nint)y * pitch + lane;
                // Four sums at a time, or every addition would wait for the one before.
                TVector s0 = TSimd.Load(sums + lane), s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero;
                int q = 0;
                for (; q + 4 * Lanes <= length; q += 4 * Lanes)
                {
                    s0 = TSimd.Add(s0, TSimd.Load(row + q));
                    s1 = TSimd.Add(s1, TSimd.Load(row + q + Lanes));
                    s2 = TSimd.Add(s2, TSimd.Load(row + q + 2 * Lanes));
                    s3 = TSimd.Add(s3, TSimd.Load(row + q + 3 * Lanes));
                }
                for (; q < length; q += Lanes)
                    s0 = TSimd.Add(s0, TSimd.Load(row + q));
                TSimd.Store(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), sums + lane);
            }
    }
}
