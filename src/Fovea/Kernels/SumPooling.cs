using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// Scaled sums of windows, and back: mean and sum pooling. Layout of every map: (H, W, lanes); a vector holds one pixel of
/// several samples, or one sample's pixel where there is one lane.
/// </summary>
internal static unsafe class SumPooling
{
    /// <summary>output = scale · the sum of every window.</summary>
    /// <param name="window">How the window slides.</param>
    /// <param name="channels">How many maps there are.</param>
    /// <param name="lanes">Samples side by side.</param>
    /// <param name="scales">What the sum of each window is multiplied by: (H', W').</param>
    /// <param name="input">(channels, H, W, lanes).</param>
    /// <param name="output">(channels, H', W', lanes).</param>
    public static void Forward(Window window, int channels, int lanes, ReadOnlySpan<float> scales, ReadOnlySpan<float> input, Span<float> output)
    {
        CheckLengths(window, channels, lanes, scales, input, output);
        fixed (float* s = scales, x = input, y = output)
            switch (Math.Min(SimdWidth.Floats, lanes))
            {
                case 16: Forward<Simd512, Vector512<float>>(window, channels, lanes, s, x, y); break;
                case 8: Forward<Simd256, Vector256<float>>(window, channels, lanes, s, x, y); break;
                case 4: Forward<Simd128, Vector128<float>>(window, channels, lanes, s, x, y); break;
                default: Forward<SimdScalar, float>(window, channels, lanes, s, x, y); break;
            }
    }

    /// <summary>inputGradient = the sum of scale · outputGradient over the windows that see the pixel.</summary>
    /// <inheritdoc cref="Forward(Window, int, int, ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public static void Backward(
        Window window, int channels, int lanes, ReadOnlySpan<float> scales, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        CheckLengths(window, channels, lanes, scales, inputGradient, outputGradient);
        inputGradient.Clear();
        fixed (float* s = scales, dy = outputGradient, dx = inputGradient)
            switch (Math.Min(SimdWidth.Floats, lanes))
            {
                case 16: Backward<Simd512, Vector512<float>>(window, channels, lanes, s, dy, dx); break;
                case 8: Backward<Simd256, Vector256<float>>(window, channels, lanes, s, dy, dx); break;
                case 4: Backward<Simd128, Vector128<float>>(window, channels, lanes, s, dy, dx); break;
                default: Backward<SimdScalar, float>(window, channels, lanes, s, dy, dx); break;
            }
    }

    internal static void Forward<TSimd, TVector>(Window window, int channels, int lanes, float* scales, float* input, float* output)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int outputHeight = window.OutputHeight, outputWidth = window.OutputWidth;
        for (int c = 0; c < channels; c++, input += window.InputArea * lanes)
            for (int oh = 0; oh < outputHeight; oh++)
            {
                WindowRange rows = window.Rows(oh);
                for (int ow = 0; ow < outputWidth; ow++, output += lanes)
                {
                    WindowRange columns = window.Columns(ow);
                    TVector scale = TSimd.Broadcast(scales[oh * outputWidth + ow]);
                    for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    {
                        TVector sum = TSimd.Zero;
                        for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                            for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                                sum = TSimd.Add(sum, TSimd.Load(input + (ih * window.InputWidth + iw) * lanes + lane));
                        TSimd.Store(TSimd.Multiply(sum, scale), output + lane);
                    }
                }
            }
    }

    internal static void Backward<TSimd, TVector>(Window window, int channels, int lanes, float* scales, float* outputGradient, float* inputGradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int outputHeight = window.OutputHeight, outputWidth = window.OutputWidth;
        for (int c = 0; c < channels; c++, inputGradient += window.InputArea * lanes)
            for (int oh = 0; oh < outputHeight; oh++)
            {
                WindowRange rows = window.Rows(oh);
                for (int ow = 0; ow < outputWidth; ow++, outputGradient += lanes)
                {
                    WindowRange columns = window.Columns(ow);
                    TVector scale = TSimd.Broadcast(scales[oh * outputWidth + ow]);
                    for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    {
                        TVector share = TSimd.Multiply(TSimd.Load(outputGradient + lane), scale);
                        for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                            for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                            {
                                float* at = inputGradient + (ih * window.InputWidth + iw) * lanes + lane;
                                TSimd.Store(TSimd.Add(TSimd.Load(at), share), at);
                            }
                    }
                }
            }
    }

    private static void CheckLengths(
        Window window, int channels, int lanes, ReadOnlySpan<float> scales, ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, window.OutputArea);
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, channels * window.InputArea * lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, channels * window.OutputArea * lanes);
    }
}
