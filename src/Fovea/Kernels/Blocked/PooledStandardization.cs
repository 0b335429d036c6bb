using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// Batch normalisation of one block of channels of one sample with a clamp and a max pooling behind it, in one: what lies
/// between is never written. A clamp keeps the order of numbers, so the pooling may come before it. Backward computes the
/// line again to find which pixel was the largest of its window, the first one where several are equal.
/// </summary>
internal static unsafe class PooledStandardization
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Where everything lies; pitches in floats.</summary>
    public struct Operands
    {
        public Window Window;

        /// <summary>(H, W, 16).</summary>
        public float* Input;
        public int InputPitch;

        /// <summary>(H, W, 16), laid out as the input; written or added to in backward.</summary>
        public float* InputGradient;

        /// <summary>(H', W', 16).</summary>
        public float* Output;

        /// <summary>(H', W', 16), laid out as the output; read in backward.</summary>
        public float* OutputGradient;
        public int OutputPitch;

        public BlockedStandardization.Line Line;
    }

    /// <summary>output = clamp(the largest of (input − mean) · scale + shift over the window); NaN if one is NaN.</summary>
    public static void Forward(in Operands operands)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Forward<Simd512, Vector512<float>>(operands); break;
            case 8: Forward<Simd256, Vector256<float>>(operands); break;
            case 4: Forward<Simd128, Vector128<float>>(operands); break;
            default: Forward<SimdScalar, float>(operands); break;
        }
    }

    /// <summary>sums[c] += Σ g and products[c] += Σ g (x − mean), g being the gradient of the line.</summary>
    public static void Products(in Operands operands, double* sums, double* products)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Products<Simd512, Vector512<float>>(operands, sums, products); break;
            case 8: Products<Simd256, Vector256<float>>(operands, sums, products); break;
            case 4: Products<Simd128, Vector128<float>>(operands, sums, products); break;
            default: Products<SimdScalar, float>(operands, sums, products); break;
        }
    }

    /// <summary>
    /// inputGradient = g · gain + (input − mean) · factor + offset, g being the gradient of the line; added to what is
    /// there if <paramref name="adds"/>.
    /// </summary>
    public static void Backward(in Operands operands, in BlockedStandardization.Slope slope, bool adds)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Backward<Simd512, Vector512<float>>(operands, slope, adds); break;
            case 8: Backward<Simd256, Vector256<float>>(operands, slope, adds); break;
            case 4: Backward<Simd128, Vector128<float>>(operands, slope, adds); break;
            default: Backward<SimdScalar, float>(operands, slope, adds); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TSimd, TVector>(in Operands operands)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        BlockedStandardization.Line line = operands.Line;
        int height = operands.Window.OutputHeight, width = operands.Window.OutputWidth;
        TVector lower = TSimd.Broadcast(line.Lower), upper = TSimd.Broadcast(line.Upper);
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(line.Mean + lane), scale = TSimd.Load(line.Scale + lane), shift = TSimd.Load(line.Shift + lane);
            for (int oh = 0; oh < height; oh++)
            {
                WindowRange rows = operands.Window.Rows(oh);
                float* output = operands.Output + (nint)oh * operands.OutputPitch + lane;
                for (int ow = 0; ow < width; ow++, output += Block)
                {
                    WindowRange columns = operands.Window.Columns(ow);
                    TVector most = TSimd.Broadcast(float.NegativeInfinity);
                    for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                    {
                        float* x = operands.Input + (nint)ih * operands.InputPitch + lane;
                        for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                            most = TSimd.Max(most, TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + iw * Block), mean), scale, shift));
                    }
                    TSimd.Store(TSimd.Clamp(most, lower, upper), output);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Products<TSimd, TVector>(in Operands operands, double* sums, double* products)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* lanes = stackalloc float[Block];
        BlockedStandardization.Line line = operands.Line;
        int height = operands.Window.OutputHeight, width = operands.Window.OutputWidth;
        TVector lower = TSimd.Broadcast(line.Lower), upper = TSimd.Broadcast(line.Upper);
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(line.Mean + lane), scale = TSimd.Load(line.Scale + lane), shift = TSimd.Load(line.Shift + lane);
            for (int oh = 0; oh < height; oh++)
            {
                WindowRange rows = operands.Window.Rows(oh);
                float* output = operands.Output + (nint)oh * operands.OutputPitch + lane;
                float* gradient = operands.OutputGradient + (nint)oh * operands.OutputPitch + lane;
                TVector sum = TSimd.Zero, product = TSimd.Zero;
                for (int ow = 0; ow < width; ow++, output += Block, gradient += Block)
                {
                    WindowRange columns = operands.Window.Columns(ow);
                    TVector most = TSimd.Load(output);
                    TVector left = BlockedStandardization.Passed<TSimd, TVector>(TSimd.Load(gradient), most, lower, upper);
                    sum = TSimd.Add(sum, left);
                    for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                    {
                        float* x = operands.Input + (nint)ih * operands.InputPitch + lane;
                        for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                        {
                            TVector d = TSimd.Subtract(TSimd.Load(x + iw * Block), mean);
                            TVector winner = TSimd.Equal(TSimd.MultiplyAdd(d, scale, shift), most);
                            product = TSimd.MultiplyAdd(TSimd.And(winner, left), d, product);
                            left = TSimd.AndNot(left, winner);
                        }
                    }
                }
                BlockedStandardization.AddTo<TSimd, TVector>(sum, lanes, sums + lane);
                BlockedStandardization.AddTo<TSimd, TVector>(product, lanes, products + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TSimd, TVector>(in Operands operands, in BlockedStandardization.Slope slope, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        BlockedStandardization.Line line = operands.Line;
        int height = operands.Window.OutputHeight, width = operands.Window.OutputWidth;
        TVector lower = TSimd.Broadcast(line.Lower), upper = TSimd.Broadcast(line.Upper);
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector mean = TSimd.Load(line.Mean + lane), scale = TSimd.Load(line.Scale + lane), shift = TSimd.Load(line.Shift + lane);
            TVector gain = TSimd.Load(slope.Gain + lane);
            // A row gets what it has without g shortly before windows first reach it, and is in the cache then.
            int written = 0;
            for (int oh = 0; oh < height; oh++)
            {
                WindowRange rows = operands.Window.Rows(oh);
                for (; written < rows.End; written++)
                    WriteRow<TSimd, TVector>(operands, slope, lane, written, adds);
                float* output = operands.Output + (nint)oh * operands.OutputPitch + lane;
                float* gradient = operands.OutputGradient + (nint)oh * operands.OutputPitch + lane;
                for (int ow = 0; ow < width; ow++, output += Block, gradient += Block)
                {
                    WindowRange columns = operands.Window.Columns(ow);
                    TVector most = TSimd.Load(output);
                    TVector left = TSimd.Multiply(gain, BlockedStandardization.Passed<TSimd, TVector>(TSimd.Load(gradient), most, lower, upper));
                    for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                    {
                        float* x = operands.Input + (nint)ih * operands.InputPitch + lane;
                        float* target = operands.InputGradient + (nint)ih * operands.InputPitch + lane;
                        for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                        {
                            TVector winner = TSimd.Equal(TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x + iw * Block), mean), scale, shift), most);
                            TSimd.Store(TSimd.Add(TSimd.And(winner, left), TSimd.Load(target + iw * Block)), target + iw * Block);
                            left = TSimd.AndNot(left, winner);
                        }
                    }
                }
            }
            for (; written < operands.Window.InputHeight; written++)
                WriteRow<TSimd, TVector>(operands, slope, lane, written, adds);
        }
    }

    /// <summary>One row of inputs' gradients without g.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteRow<TSimd, TVector>(in Operands operands, in BlockedStandardization.Slope slope, int lane, int y, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector mean = TSimd.Load(operands.Line.Mean + lane), factor = TSimd.Load(slope.Factor + lane), offset = TSimd.Load(slope.Offset + lane);
        float* x = operands.Input + (nint)y * operands.InputPitch + lane, target = operands.InputGradient + (nint)y * operands.InputPitch + lane;
        for (float* end = x + operands.Window.InputWidth * Block; x < end; x += Block, target += Block)
        {
            TVector value = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x), mean), factor, offset);
            TSimd.Store(adds ? TSimd.Add(value, TSimd.Load(target)) : value, target);
        }
    }
}
