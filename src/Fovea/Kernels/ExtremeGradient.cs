using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>Backward of a maximum or minimum over rows: the gradient goes to the first row that has it, column by column.</summary>
internal static unsafe class ExtremeGradient
{
    /// <summary>Goes on with more rows.</summary>
    /// <param name="input">(rows, length).</param>
    /// <param name="extremes">The extreme of every column: (length).</param>
    /// <param name="left">The gradient of every column that no row has been given yet; becomes 0 where one is: (length).</param>
    /// <param name="inputGradient">Overwritten: (rows, length).</param>
    public static void Run(ReadOnlySpan<float> input, ReadOnlySpan<float> extremes, Span<float> left, Span<float> inputGradient)
    {
        int length = extremes.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length, length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputGradient.Length, input.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length % length, 0);
        if (length == 1)
        {
            One(input, extremes[0], ref left[0], inputGradient);
            return;
        }
        fixed (float* x = input, y = extremes, g = left, dx = inputGradient)
            for (int at = 0; at < input.Length; at += length)
            {
                int done = SimdWidth.Bits switch
                {
                    512 => Row<Simd512, Vector512<float>>(x + at, y, g, dx + at, 0, length),
                    256 => Row<Simd256, Vector256<float>>(x + at, y, g, dx + at, 0, length),
                    128 => Row<Simd128, Vector128<float>>(x + at, y, g, dx + at, 0, length),
                    _ => 0,
                };
                Row<SimdScalar, float>(x + at, y, g, dx + at, done, length);
            }
    }

    internal static int Row<TSimd, TVector>(float* input, float* extremes, float* left, float* inputGradient, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector winner = TSimd.Equal(TSimd.Load(input + i), TSimd.Load(extremes + i)), gradient = TSimd.Load(left + i);
            TSimd.Store(TSimd.And(winner, gradient), inputGradient + i);
            TSimd.Store(TSimd.AndNot(gradient, winner), left + i);
        }
        return i;
    }

    private static void One(ReadOnlySpan<float> input, float extreme, ref float left, Span<float> inputGradient)
    {
        inputGradient.Clear();
        if (left == 0 || input.IndexOf(extreme) is not (>= 0 and var first))
            return;
        inputGradient[first] = left;
        left = 0;
    }
}
