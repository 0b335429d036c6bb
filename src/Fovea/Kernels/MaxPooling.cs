using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The largest pixel of every window, and back. Layout of every map: (H, W, lanes); a vector holds one pixel of several
/// samples, or one sample's pixel where there is one lane.
/// </summary>
internal static unsafe class MaxPooling
{
    /// <summary>output = the largest input pixel of every window; NaN if one is NaN.</summary>
    public static void Forward(Window window, int channels, int lanes, ReadOnlySpan<float> input, Span<float> output)
    {
        CheckLengths(window, channels, lanes, input, output);
        fixed (float* x = input, y = output)
            switch (Math.Min(SimdWidth.Floats, lanes))
            {
                case 16: Forward<Simd512, Vector512<float>>(window, channels, lanes, x, y); break;
                case 8: Forward<Simd256, Vector256<float>>(window, channels, lanes, x, y); break;
                case 4: Forward<Simd128, Vector128<float>>(window, channels, lanes, x, y); break;
                default: Forward<SimdScalar, float>(window, channels, lanes, x, y); break;
            }
    }

    /// <summary>Gives the gradient of every output to the first of its window's pixels that equals it.</summary>
    public static void Backward(
        Window window, int channels, int lanes, ReadOnlySpan<float> input, ReadOnlySpan<float> output,
        ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        CheckLengths(window, channels, lanes, input, output);
        CheckLengths(window, channels, lanes, inputGradient, outputGradient);
        inputGradient.Clear();
        fixed (float* x = input, y = output, dy = outputGradient, dx = inputGradient)
            switch (Math.Min(SimdWidth.Floats, lanes))
            {
                case 16: Backward<Simd512, Vector512<float>>(window, channels, lanes, x, y, dy, dx); break;
                case 8: Backward<Simd256, Vector256<float>>(window, channels, lanes, x, y, dy, dx); break;
                case 4: Backward<Simd128, Vector128<float>>(window, channels, lanes, x, y, dy, dx); break;
                default: Backward<SimdScalar, float>(window, channels, lanes, x, y, dy, dx); break;
            }
    }

    private static void Forward<TSimd, TVector>(Window window, int channels, int lanes, float* input, float* output)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int c = 0; c < channels; c++, input += window.InputArea * lanes)
            for (int oh = 0; oh < window.OutputHeight; oh++)
            {
                WindowRange rows = window.Rows(oh);
                for (int ow = 0; ow < window.OutputWidth; ow++, output += lanes)
                {
                    WindowRange columns = window.Columns(ow);
                    for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    {
                        TVector most = TSimd.Broadcast(float.NegativeInfinity);
                        for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                            for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                                most = TSimd.Max(most, TSimd.Load(input + (ih * window.InputWidth + iw) * lanes + lane));
                        TSimd.Store(most, output + lane);
                    }
                }
            }
    }

    private static void Backward<TSimd, TVector>(
        Window window, int channels, int lanes, float* input, float* output, float* outputGradient, float* inputGradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int plane = window.InputArea * lanes;
        for (int c = 0; c < channels; c++, input += plane, inputGradient += plane)
            for (int oh = 0; oh < window.OutputHeight; oh++)
            {
                WindowRange rows = window.Rows(oh);
                for (int ow = 0; ow < window.OutputWidth; ow++, output += lanes, outputGradient += lanes)
                {
                    WindowRange columns = window.Columns(ow);
                    for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    {
                        TVector most = TSimd.Load(output + lane);
                        TVector left = TSimd.Load(outputGradient + lane);
                        for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                            for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                            {
                                int at = (ih * window.InputWidth + iw) * lanes + lane;
                                TVector winner = TSimd.Equal(TSimd.Load(input + at), most);
                                TVector sum = TSimd.Add(TSimd.Load(inputGradient + at), TSimd.And(winner, left));
                                TSimd.Store(sum, inputGradient + at);
                                // The gradient is given once: later pixels that equal the largest find nothing left.
                                left = TSimd.AndNot(left, winner);
                            }
                    }
                }
            }
    }

    private static void CheckLengths(Window window, int channels, int lanes, ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, channels * window.InputArea * lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, channels * window.OutputArea * lanes);
    }
}
