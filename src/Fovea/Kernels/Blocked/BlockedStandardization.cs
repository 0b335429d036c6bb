using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// Batch normalisation of one block of channels of one sample, 16 of which lie in the lanes, with what follows it: a sum
/// and a clamp. A row's sums are kept in single precision, those of all rows in double; the mean is subtracted before
/// anything is multiplied, so that values which are large but lie close together keep their digits.
/// </summary>
internal static unsafe class BlockedStandardization
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>A block's numbers. Every pointer is to 16 floats.</summary>
    public struct Line
    {
        /// <summary>What is subtracted from an input.</summary>
        public float* Mean;

        /// <summary>What the difference is multiplied with.</summary>
        public float* Scale;

        /// <summary>What is added then.</summary>
        public float* Shift;

        /// <summary>What the result is clamped to.</summary>
        public float Lower;
        public float Upper;
    }

    /// <summary>A block's gradients of inputs: g · gain + (input − mean) · factor + offset. Every pointer is to 16 floats.</summary>
    public struct Slope
    {
        public float* Gain;
        public float* Factor;
        public float* Offset;
    }

    /// <summary>Rows of pixels; pitches in floats.</summary>
    public struct Rows
    {
        public float* Input;
        public int InputPitch;

        /// <summary>The output, or its gradient.</summary>
        public float* Output;
        public int OutputPitch;

        /// <summary>What is added before the clamp, or null; in backward where the input's gradient goes.</summary>
        public float* Other;
        public int OtherPitch;
        public int Height;
        public int Width;
    }

    /// <summary>sums[c] += Σ (x − first), squares[c] += Σ (x − first)², first being every channel's first pixel.</summary>
    public static void Moments(in Rows rows, double* sums, double* squares)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Moments<Simd512, Vector512<float>>(rows, sums, squares); break;
            case 8: Moments<Simd256, Vector256<float>>(rows, sums, squares); break;
            case 4: Moments<Simd128, Vector128<float>>(rows, sums, squares); break;
            default: Moments<SimdScalar, float>(rows, sums, squares); break;
        }
    }

    /// <summary>output = clamp((input − mean) · scale + shift + other).</summary>
    public static void Forward(in Rows rows, in Line line)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Forward<Simd512, Vector512<float>>(rows, line); break;
            case 8: Forward<Simd256, Vector256<float>>(rows, line); break;
            case 4: Forward<Simd128, Vector128<float>>(rows, line); break;
            default: Forward<SimdScalar, float>(rows, line); break;
        }
    }

    /// <summary>
    /// sums[c] += Σ g and products[c] += Σ g (x − mean), g being the output's gradient where the line, computed again,
    /// was not clamped.
    /// </summary>
    public static void Products(in Rows rows, in Line line, double* sums, double* products)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Products<Simd512, Vector512<float>>(rows, line, sums, products); break;
            case 8: Products<Simd256, Vector256<float>>(rows, line, sums, products); break;
            case 4: Products<Simd128, Vector128<float>>(rows, line, sums, products); break;
            default: Products<SimdScalar, float>(rows, line, sums, products); break;
        }
    }

    /// <summary>
    /// other = g · gain + (input − mean) · factor + offset, g being the output's gradient where the line was not clamped;
    /// added to what is there if <paramref name="adds"/>.
    /// </summary>
    public static void Backward(in Rows rows, in Line line, in Slope slope, bool adds)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Backward<Simd512, Vector512<float>>(rows, line, slope, adds); break;
            case 8: Backward<Simd256, Vector256<float>>(rows, line, slope, adds); break;
            case 4: Backward<Simd128, Vector128<float>>(rows, line, slope, adds); break;
            default: Backward<SimdScalar, float>(rows, line, slope, adds); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Moments<TSimd, TVector>(in Rows rows, double* sums, double* squares)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* lanes = stackalloc float[Block];
        int length = rows.Width * Block;
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector first = TSimd.Load(rows.Input + lane);
            for (int y = 0; y < rows.Height; y++)
            {
                float* x = rows.Input + (nint)y * rows.InputPitch + lane;
                TVector sum = TSimd.Zero, square = TSimd.Zero;
                for (int i = 0; i < length; i += Block)
                {
                    TVector d = TSimd.Subtract(TSimd.Load(x + i), first);
                    sum = TSimd.Add(sum, d);
                    square = TSimd.MultiplyAdd(d, d, square);
                }
                AddTo<TSimd, TVector>(sum, lanes, sums + lane);
                AddTo<TSimd, TVector>(square, lanes, squares + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TSimd, TVector>(in Rows rows, in Line line)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int length = rows.Width * Block;
        TVector lower = TSimd.Broadcast(line.Lower), upper = TSimd.Broadcast(line.Upper);
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(line.Mean + lane), scale = TSimd.Load(line.Scale + lane), shift = TSimd.Load(line.Shift + lane);
            for (int y = 0; y < rows.Height; y++)
            {
                float* x = rows.Input + (nint)y * rows.InputPitch + lane, o = rows.Output + (nint)y * rows.OutputPitch + lane;
                if (rows.Other == null)
                {
                    for (int i = 0; i < length; i += Block)
                        TSimd.Store(TSimd.Clamp(TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i), mean), scale, shift), lower, upper), o + i);
                    continue;
                }
                float* r = rows.Other + (nint)y * rows.OtherPitch + lane;
                for (int i = 0; i < length; i += Block)
                {
                    TVector value = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + i), mean), scale, shift);
                    TSimd.Store(TSimd.Clamp(TSimd.Add(value, TSimd.Load(r + i)), lower, upper), o + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Products<TSimd, TVector>(in Rows rows, in Line line, double* sums, double* products)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* lanes = stackalloc float[Block];
        int length = rows.Width * Block;
        TVector lower = TSimd.Broadcast(line.Lower), upper = TSimd.Broadcast(line.Upper);
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(line.Mean + lane), scale = TSimd.Load(line.Scale + lane), shift = TSimd.Load(line.Shift + lane);
            for (int y = 0; y < rows.Height; y++)
            {
                float* x = rows.Input + (nint)y * rows.InputPitch + lane, g = rows.Output + (nint)y * rows.OutputPitch + lane;
                TVector sum = TSimd.Zero, product = TSimd.Zero;
                for (int i = 0; i < length; i += Block)
                {
                    TVector d = TSimd.Subtract(TSimd.Load(x + i), mean);
                    TVector passed = Passed<TSimd, TVector>(TSimd.Load(g + i), TSimd.MultiplyAdd(d, scale, shift), lower, upper);
                    sum = TSimd.Add(sum, passed);
                    product = TSimd.MultiplyAdd(passed, d, product);
                }
                AddTo<TSimd, TVector>(sum, lanes, sums + lane);
                AddTo<TSimd, TVector>(product, lanes, products + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TSimd, TVector>(in Rows rows, in Line line, in Slope slope, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int length = rows.Width * Block;
        TVector lower = TSimd.Broadcast(line.Lower), upper = TSimd.Broadcast(line.Upper);
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(line.Mean + lane), scale = TSimd.Load(line.Scale + lane), shift = TSimd.Load(line.Shift + lane);
            TVector gain = TSimd.Load(slope.Gain + lane), factor = TSimd.Load(slope.Factor + lane), offset = TSimd.Load(slope.Offset + lane);
            for (int y = 0; y < rows.Height; y++)
            {
                float* x = rows.Input + (nint)y * rows.InputPitch + lane, g = rows.Output + (nint)y * rows.OutputPitch + lane;
                float* target = rows.Other + (nint)y * rows.OtherPitch + lane;
                for (int i = 0; i < length; i += Block)
                {
                    TVector d = TSimd.Subtract(TSimd.Load(x + i), mean);
                    TVector passed = Passed<TSimd, TVector>(TSimd.Load(g + i), TSimd.MultiplyAdd(d, scale, shift), lower, upper);
                    TVector value = TSimd.MultiplyAdd(passed, gain, TSimd.MultiplyAdd(d, factor, offset));
                    TSimd.Store(adds ? TSimd.Add(value, TSimd.Load(target + i)) : value, target + i);
                }
            }
        }
    }

    /// <summary>The gradient where the value lies between the bounds, 0 elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Passed<TSimd, TVector>(TVector gradient, TVector value, TVector lower, TVector upper)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.And(gradient, TSimd.And(TSimd.Greater(value, lower), TSimd.Greater(upper, value)));

    /// <summary>Adds every lane to its total; <paramref name="lanes"/> is room for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo<TSimd, TVector>(TVector row, float* lanes, double* total)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TSimd.Store(row, lanes);
        for (int i = 0; i < TSimd.Count; i++)
            total[i] += lanes[i];
    }
}
