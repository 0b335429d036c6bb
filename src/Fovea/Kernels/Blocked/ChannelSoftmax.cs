using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>
/// Softmax over the channels of every pixel of a row. Sums run block by block in every lane and then lane by lane, so that
/// every vector width gives the same bits. Channels that fill up the last block do not count, and become 0.
/// </summary>
internal static unsafe class ChannelSoftmax
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>y_c = exp(x_c − max) / Σ exp(x − max), sum and maximum over the channels of a pixel.</summary>
    /// <param name="x">Pixels of the first block.</param>
    /// <param name="inputPlane">Floats from block to block.</param>
    /// <param name="y">As x.</param>
    /// <param name="outputPlane">Floats from block to block.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="pixels">How many pixels, side by side.</param>
    public static void Forward(float* x, int inputPlane, float* y, int outputPlane, int channels, int pixels)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Forward<Simd512, Vector512<float>>(x, inputPlane, y, outputPlane, channels, pixels); break;
            case 8: Forward<Simd256, Vector256<float>>(x, inputPlane, y, outputPlane, channels, pixels); break;
            case 4: Forward<Simd128, Vector128<float>>(x, inputPlane, y, outputPlane, channels, pixels); break;
            default: Forward<SimdScalar, float>(x, inputPlane, y, outputPlane, channels, pixels); break;
        }
    }

    /// <summary>d_c = y_c (g_c − Σ g y), the sum over the channels of a pixel, or added to what is there.</summary>
    /// <param name="y">What forward gave: pixels of the first block.</param>
    /// <param name="g">The output's gradient, as y.</param>
    /// <param name="outputPlane">Floats from block to block.</param>
    /// <param name="d">The input's gradient; may be g itself.</param>
    /// <param name="inputPlane">Floats from block to block.</param>
    /// <param name="adds">Whether to add.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="pixels">How many pixels, side by side.</param>
    public static void Backward(float* y, float* g, int outputPlane, float* d, int inputPlane, bool adds, int channels, int pixels)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Backward<Simd512, Vector512<float>>(y, g, outputPlane, d, inputPlane, adds, channels, pixels); break;
            case 8: Backward<Simd256, Vector256<float>>(y, g, outputPlane, d, inputPlane, adds, channels, pixels); break;
            case 4: Backward<Simd128, Vector128<float>>(y, g, outputPlane, d, inputPlane, adds, channels, pixels); break;
            default: Backward<SimdScalar, float>(y, g, outputPlane, d, inputPlane, adds, channels, pixels); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TSimd, TVector>(float* x, int inputPlane, float* y, int outputPlane, int channels, int pixels)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* lanes = stackalloc float[Block], masks = stackalloc float[2 * Block];
        FillMasks(masks, channels);
        int last = (channels - 1) / Block;
        TVector lowest = TSimd.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < pixels * Block; i += Block)
        {
            for (int lane = 0; lane < Block; lane += TSimd.Count)
            {
                TVector most = lowest;
                for (int b = 0; b <= last; b++)
                    most = TSimd.Max(most, TSimd.Select(TSimd.Load(masks + (b < last ? 0 : Block) + lane), TSimd.Load(x + (nint)b * inputPlane + i + lane), lowest));
                TSimd.Store(most, lanes + lane);
            }
            TVector shift = TSimd.Broadcast(Most(lanes));
            for (int lane = 0; lane < Block; lane += TSimd.Count)
            {
                TVector sum = TSimd.Zero;
                for (int b = 0; b <= last; b++)
                {
                    TVector power = TSimd.Exp(TSimd.Subtract(TSimd.Load(x + (nint)b * inputPlane + i + lane), shift));
                    power = TSimd.And(power, TSimd.Load(masks + (b < last ? 0 : Block) + lane));
                    TSimd.Store(power, y + (nint)b * outputPlane + i + lane);
                    sum = TSimd.Add(sum, power);
                }
                TSimd.Store(sum, lanes + lane);
            }
            TVector total = TSimd.Broadcast(Sum(lanes));
            for (int b = 0; b <= last; b++)
                for (float* at = y + (nint)b * outputPlane + i, end = at + Block; at < end; at += TSimd.Count)
                    TSimd.Store(TSimd.Divide(TSimd.Load(at), total), at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TSimd, TVector>(float* y, float* g, int outputPlane, float* d, int inputPlane, bool adds, int channels, int pixels)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        float* lanes = stackalloc float[Block];
        int last = (channels - 1) / Block;
        for (int i = 0; i < pixels * Block; i += Block)
        {
            // Channels that fill up the last block have y = 0.
            for (int lane = 0; lane < Block; lane += TSimd.Count)
            {
                TVector sum = TSimd.Zero;
                for (int b = 0; b <= last; b++)
                {
                    nint at = (nint)b * outputPlane + i + lane;
                    sum = TSimd.MultiplyAdd(TSimd.Load(g + at), TSimd.Load(y + at), sum);
                }
                TSimd.Store(sum, lanes + lane);
            }
            TVector dot = TSimd.Broadcast(Sum(lanes));
            for (int b = 0; b <= last; b++)
                for (int lane = 0; lane < Block; lane += TSimd.Count)
                {
                    nint at = (nint)b * outputPlane + i + lane;
                    float* target = d + (nint)b * inputPlane + i + lane;
                    TVector gradient = TSimd.Multiply(TSimd.Subtract(TSimd.Load(g + at), dot), TSimd.Load(y + at));
                    TSimd.Store(adds ? TSimd.Add(gradient, TSimd.Load(target)) : gradient, target);
                }
        }
    }

    /// <summary>A block of masks that keep everything, and one that keeps the channels of the last block.</summary>
    private static void FillMasks(float* masks, int channels)
    {
        float all = BitConverter.Int32BitsToSingle(-1);
        new Span<float>(masks, 2 * Block).Clear();
        new Span<float>(masks, Block + (channels - 1) % Block + 1).Fill(all);
    }

    private static float Most(float* lanes)
    {
        float most = lanes[0];
        for (int i = 1; i < Block; i++)
            most = MathF.Max(most, lanes[i]);
        return most;
    }

    private static float Sum(float* lanes)
    {
        float sum = lanes[0];
        for (int i = 1; i < Block; i++)
            sum += lanes[i];
        return sum;
    }
}
