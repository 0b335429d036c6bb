using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>x where positive, slope · x elsewhere, for one block of channels of one sample, each channel with a slope of its own.</summary>
internal static unsafe class BlockedPReLU
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>output = max(input, 0) + slope · min(input, 0).</summary>
    /// <param name="rows">Input and output.</param>
    /// <param name="slopes">16 floats.</param>
    public static void Forward(in BlockedStandardization.Rows rows, float* slopes)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Forward<Simd512, Vector512<float>>(rows, slopes); break;
            case 8: Forward<Simd256, Vector256<float>>(rows, slopes); break;
            case 4: Forward<Simd128, Vector128<float>>(rows, slopes); break;
            default: Forward<SimdScalar, float>(rows, slopes); break;
        }
    }

    /// <summary>other = g where the input is positive, slope · g elsewhere, g being the output's gradient.</summary>
    /// <param name="rows">Input, the output's gradient, and where the input's goes, which may be the same place.</param>
    /// <param name="slopes">16 floats.</param>
    /// <param name="adds">Whether to add to what is there.</param>
    public static void Backward(in BlockedStandardization.Rows rows, float* slopes, bool adds)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Backward<Simd512, Vector512<float>>(rows, slopes, adds); break;
            case 8: Backward<Simd256, Vector256<float>>(rows, slopes, adds); break;
            case 4: Backward<Simd128, Vector128<float>>(rows, slopes, adds); break;
            default: Backward<SimdScalar, float>(rows, slopes, adds); break;
        }
    }

    /// <summary>sums[c] += Σ g · min(input, 0), g being the output's gradient; a row's sum in single precision, that of all rows in double.</summary>
    /// <param name="rows">Input and the output's gradient.</param>
    /// <param name="sums">16 doubles.</param>
    public static void Products(in BlockedStandardization.Rows rows, double* sums)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Products<Simd512, Vector512<float>>(rows, sums); break;
            case 8: Products<Simd256, Vector256<float>>(rows, sums); break;
            case 4: Products<Simd128, Vector128<float>>(rows, sums); break;
            default: Products<SimdScalar, float>(rows, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TSimd, TVector>(in BlockedStandardization.Rows rows, float* slopes)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int length = rows.Width * Block;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector slope = TSimd.Load(slopes + lane);
            for (int y = 0; y < rows.Height; y++)
            {
                float* x = rows.Input + (nint)y * rows.InputPitch + lane, o = rows.Output + (nint)y * rows.OutputPitch + lane;
                for (int i = 0; i < length; i += Block)
                {
                    TVector value = TSimd.Load(x + i);
                    TSimd.Store(TSimd.Select(TSimd.Greater(value, TSimd.Zero), value, TSimd.Multiply(value, slope)), o + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TSimd, TVector>(in BlockedStandardization.Rows rows, float* slopes, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int length = rows.Width * Block;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector slope = TSimd.Load(slopes + lane);
            for (int y = 0; y < rows.Height; y++)
            {
                float* x = rows.Input + (nint)y * rows.InputPitch + lane, g = rows.Output + (nint)y * rows.OutputPitch + lane;
                float* target = rows.Other + (nint)y * rows.OtherPitch + lane;
                for (int i = 0; i < length; i += Block)
                {
                    TVector gradient = TSimd.Load(g + i);
                    TVector passed = TSimd.Select(TSimd.Greater(TSimd.Load(x + i), TSimd.Zero), gradient, TSimd.Multiply(gradient, slope));
                    TSimd.Store(adds ? TSimd.Add(passed, TSimd.Load(target + i)) : passed, target + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Products<TSimd, TVector>(in BlockedStandardization.Rows rows, double* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* lanes = stackalloc float[Block];
        int length = rows.Width * Block;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
            for (int y = 0; y < rows.Height; y++)
            {
                float* x = rows.Input + (nint)y * rows.InputPitch + lane, g = rows.Output + (nint)y * rows.OutputPitch + lane;
                TVector sum = TSimd.Zero;
                for (int i = 0; i < length; i += Block)
                    sum = TSimd.MultiplyAdd(TSimd.Load(g + i), TSimd.Min(TSimd.Load(x + i), TSimd.Zero), sum);
                BlockedStandardization.AddTo<TSimd, TVector>(sum, lanes, sums + lane);
            }
    }
}
