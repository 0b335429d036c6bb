using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// Maps enlarged, and the gradient back: first along the columns of a map, whose rows are runs of floats, then along
/// each row. Layout of every map: (H, W, lanes).
/// </summary>
internal static unsafe class Resampling
{
    /// <summary>Floats of scratch: a row of the input.</summary>
    public static int ScratchLength(ResamplingAxis columns, int lanes) => columns.Input * lanes;

    /// <summary>Makes the output's pixels of the input's.</summary>
    /// <param name="rows">Where the output's rows come from.</param>
    /// <param name="columns">Where its columns come from.</param>
    /// <param name="lanes">1 or 16.</param>
    /// <param name="input">(channels, H, W, lanes).</param>
    /// <param name="output">(channels, H', W', lanes).</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public static void Forward(ResamplingAxis rows, ResamplingAxis columns, int lanes, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch)
    {
        int row = columns.Input * lanes, outputRow = columns.Output * lanes;
        for (; !input.IsEmpty; input = input[(rows.Input * row)..], output = output[(rows.Output * outputRow)..])
            for (int o = 0; o < rows.Output; o++)
            {
                ReadOnlySpan<float> source = input.Slice(rows.Near[o] * row, row);
                Span<float> target = output.Slice(o * outputRow, outputRow);
                if (rows.Blends)
                {
                    Span<float> mean = scratch[..row];
                    TensorPrimitives.Multiply(source, rows.NearWeight[o], mean);
                    TensorPrimitives.MultiplyAdd(input.Slice(rows.Far[o] * row, row), rows.FarWeight[o], mean, mean);
                    source = mean;
                }
                else if (o > 0 && rows.Near[o] == rows.Near[o - 1])
                {
                    output.Slice((o - 1) * outputRow, outputRow).CopyTo(target);
                    continue;
                }
                fixed (float* x = source, y = target)
                    switch (Math.Min(SimdWidth.Floats, lanes))
                    {
                        case 16: Gather<Simd512, Vector512<float>>(columns, lanes, x, y); break;
                        case 8: Gather<Simd256, Vector256<float>>(columns, lanes, x, y); break;
                        case 4: Gather<Simd128, Vector128<float>>(columns, lanes, x, y); break;
                        default: Gather<SimdScalar, float>(columns, lanes, x, y); break;
                    }
            }
    }

    /// <summary>Sums the output's gradient up where its pixels came from, in the order of the pixels.</summary>
    /// <param name="rows">Where the output's rows come from.</param>
    /// <param name="columns">Where its columns come from.</param>
    /// <param name="lanes">1 or 16.</param>
    /// <param name="outputGradient">(channels, H', W', lanes).</param>
    /// <param name="inputGradient">(channels, H, W, lanes), overwritten.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats.</param>
    public static void Backward(ResamplingAxis rows, ResamplingAxis columns, int lanes, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
    {
        int row = columns.Input * lanes, outputRow = columns.Output * lanes;
        inputGradient.Clear();
        Span<float> sums = scratch[..row];
        for (; !inputGradient.IsEmpty; inputGradient = inputGradient[(rows.Input * row)..], outputGradient = outputGradient[(rows.Output * outputRow)..])
            for (int o = 0; o < rows.Output; o++)
            {
                sums.Clear();
                fixed (float* dy = outputGradient.Slice(o * outputRow, outputRow), s = sums)
                    switch (Math.Min(SimdWidth.Floats, lanes))
                    {
                        case 16: Scatter<Simd512, Vector512<float>>(columns, lanes, dy, s); break;
                        case 8: Scatter<Simd256, Vector256<float>>(columns, lanes, dy, s); break;
                        case 4: Scatter<Simd128, Vector128<float>>(columns, lanes, dy, s); break;
                        default: Scatter<SimdScalar, float>(columns, lanes, dy, s); break;
                    }
                Span<float> near = inputGradient.Slice(rows.Near[o] * row, row);
                if (!rows.Blends)
                {
                    TensorPrimitives.Add(near, sums, near);
                    continue;
                }
                Span<float> far = inputGradient.Slice(rows.Far[o] * row, row);
                TensorPrimitives.MultiplyAdd(sums, rows.NearWeight[o], near, near);
                TensorPrimitives.MultiplyAdd(sums, rows.FarWeight[o], far, far);
            }
    }

    /// <summary>A row of the output from one of the input.</summary>
    internal static void Gather<TSimd, TVector>(ResamplingAxis columns, int lanes, float* input, float* output)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int o = 0; o < columns.Output; o++, output += lanes)
        {
            float* near = input + columns.Near[o] * lanes;
            if (!columns.Blends)
            {
                for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    TSimd.Store(TSimd.Load(near + lane), output + lane);
                continue;
            }
            float* far = input + columns.Far[o] * lanes;
            TVector nearWeight = TSimd.Broadcast(columns.NearWeight[o]), farWeight = TSimd.Broadcast(columns.FarWeight[o]);
            for (int lane = 0; lane < lanes; lane += TSimd.Count)
                TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(far + lane), farWeight, TSimd.Multiply(TSimd.Load(near + lane), nearWeight)), output + lane);
        }
    }

    /// <summary>A row of the output's gradient added where it came from.</summary>
    internal static void Scatter<TSimd, TVector>(ResamplingAxis columns, int lanes, float* outputGradient, float* sums)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int o = 0; o < columns.Output; o++, outputGradient += lanes)
        {
            float* near = sums + columns.Near[o] * lanes;
            if (!columns.Blends)
            {
                for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    TSimd.Store(TSimd.Add(TSimd.Load(near + lane), TSimd.Load(outputGradient + lane)), near + lane);
                continue;
            }
            float* far = sums + columns.Far[o] * lanes;
            TVector nearWeight = TSimd.Broadcast(columns.NearWeight[o]), farWeight = TSimd.Broadcast(columns.FarWeight[o]);
            for (int lane = 0; lane < lanes; lane += TSimd.Count)
            {
                TVector gradient = TSimd.Load(outputGradient + lane);
                TSimd.Store(TSimd.MultiplyAdd(gradient, nearWeight, TSimd.Load(near + lane)), near + lane);
                TSimd.Store(TSimd.MultiplyAdd(gradient, farWeight, TSimd.Load(far + lane)), far + lane);
            }
        }
    }
}
