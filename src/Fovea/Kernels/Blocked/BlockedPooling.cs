using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>Pooling of one block of channels, 16 of which lie in the lanes.</summary>
internal static unsafe class BlockedPooling
{
    /// <summary>output = the largest input pixel of every window; NaN if one is NaN.</summary>
    /// <param name="window">The geometry.</param>
    /// <param name="input">(H, W, 16), rows <paramref name="inputPitch"/> floats apart.</param>
    /// <param name="inputPitch">Floats from row to row.</param>
    /// <param name="output">(H', W', 16), rows <paramref name="outputPitch"/> floats apart.</param>
    /// <param name="outputPitch">Floats from row to row.</param>
    public static void Max(Window window, float* input, int inputPitch, float* output, int outputPitch)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Max<Simd512, Vector512<float>>(window, input, inputPitch, output, outputPitch); break;
            case 8: Max<Simd256, Vector256<float>>(window, input, inputPitch, output, outputPitch); break;
            case 4: Max<Simd128, Vector128<float>>(window, input, inputPitch, output, outputPitch); break;
            default: Max<SimdScalar, float>(window, input, inputPitch, output, outputPitch); break;
        }
    }

    public static void Max<TSimd, TVector>(Window window, float* input, int inputPitch, float* output, int outputPitch)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        const int block = BlockedCorrelation.Block;
        if (window.SpanHeight == 2 && window.SpanWidth == 2 && window.PadTop == 0 && window.PadLeft == 0
            && (window.OutputHeight - 1) * window.StrideHeight + 2 <= window.InputHeight
            && (window.OutputWidth - 1) * window.StrideWidth + 2 <= window.InputWidth)
        {
            MaxOfFour<TSimd, TVector>(window, input, inputPitch, output, outputPitch);
            return;
        }
        int height = window.OutputHeight, width = window.OutputWidth;
        for (int oh = 0; oh < height; oh++)
        {
            WindowRange rows = window.Rows(oh);
            for (int ow = 0; ow < width; ow++)
            {
                WindowRange columns = window.Columns(ow);
                for (int lane = 0; lane < block; lane += TSimd.Count)
                {
                    TVector most = TSimd.Broadcast(float.NegativeInfinity);
                    for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                        for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                            most = TSimd.Max(most, TSimd.Load(input + ih * inputPitch + iw * block + lane));
                    TSimd.Store(most, output + oh * outputPitch + ow * block + lane);
                }
            }
        }
    }

    /// <summary>Windows of 2 × 2 that lie in the map.</summary>
    private static void MaxOfFour<TSimd, TVector>(Window window, float* input, int inputPitch, float* output, int outputPitch)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        const int block = BlockedCorrelation.Block;
        int step = window.StrideWidth * block, length = window.OutputWidth * block;
        for (int oh = 0; oh < window.OutputHeight; oh++)
        {
            float* upper = input + (nint)oh * window.StrideHeight * inputPitch;
            float* lower = upper + inputPitch;
            float* row = output + (nint)oh * outputPitch;
            for (int x = 0; x < length; x += block, upper += step, lower += step)
                for (int lane = 0; lane < block; lane += TSimd.Count)
                {
                    TVector above = TSimd.Max(TSimd.Load(upper + lane), TSimd.Load(upper + block + lane));
                    TVector below = TSimd.Max(TSimd.Load(lower + lane), TSimd.Load(lower + block + lane));
                    TSimd.Store(TSimd.Max(above, below), row + x + lane);
                }
        }
    }
}
