using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Blocked;

/// <summary>Gradients of the simple layers, for one block of channels of one sample.</summary>
internal static unsafe class BlockedGradients
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>target = the gradient where the output was not clamped, 0 elsewhere; added to what is there if asked for.</summary>
    /// <param name="gradient">(height, length), rows <paramref name="pitch"/> floats apart.</param>
    /// <param name="output">As the gradient.</param>
    /// <param name="pitch">Floats from row to row.</param>
    /// <param name="target">As the gradient with a pitch of its own; may be the gradient itself.</param>
    /// <param name="targetPitch">Floats from row to row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="length">Floats of a row, a multiple of 16.</param>
    /// <param name="lower">What the output was clamped to.</param>
    /// <param name="upper">What the output was clamped to.</param>
    /// <param name="adds">Whether to add.</param>
    public static void Clamp(
        float* gradient, float* output, int pitch, float* target, int targetPitch, int height, int length, float lower, float upper, bool adds)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Clamp<Simd512, Vector512<float>>(gradient, output, pitch, target, targetPitch, height, length, lower, upper, adds); break;
            case 8: Clamp<Simd256, Vector256<float>>(gradient, output, pitch, target, targetPitch, height, length, lower, upper, adds); break;
            case 4: Clamp<Simd128, Vector128<float>>(gradient, output, pitch, target, targetPitch, height, length, lower, upper, adds); break;
            default: Clamp<SimdScalar, float>(gradient, output, pitch, target, targetPitch, height, length, lower, upper, adds); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Clamp<TSimd, TVector>(
        float* gradient, float* output, int pitch, float* target, int targetPitch, int height, int length, float lower, float upper, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector low = TSimd.Broadcast(lower), high = TSimd.Broadcast(upper);
        for (int y = 0; y < height; y++, gradient += pitch, output += pitch, target += targetPitch)
            for (int i = 0; i < length; i += TSimd.Count)
            {
                TVector value = TSimd.Load(output + i);
                TVector passed = TSimd.And(TSimd.Load(gradient + i), TSimd.And(TSimd.Greater(value, low), TSimd.Greater(high, value)));
                TSimd.Store(adds ? TSimd.Add(passed, TSimd.Load(target + i)) : passed, target + i);
            }
    }

    /// <summary>Every pixel of the target = (or +=) the 16 gradients, times a factor.</summary>
    public static void Spread(float* gradient, float factor, float* target, int targetPitch, int height, int width, bool adds)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Spread<Simd512, Vector512<float>>(gradient, factor, target, targetPitch, height, width, adds); break;
            case 8: Spread<Simd256, Vector256<float>>(gradient, factor, target, targetPitch, height, width, adds); break;
            case 4: Spread<Simd128, Vector128<float>>(gradient, factor, target, targetPitch, height, width, adds); break;
            default: Spread<SimdScalar, float>(gradient, factor, target, targetPitch, height, width, adds); break;
        }
    }

    public static void Spread<TSimd, TVector>(float* gradient, float factor, float* target, int targetPitch, int height, int width, bool adds)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int lane = 0; lane < Block; lane += TSimd.Count)
        {
            TVector value = TSimd.Multiply(TSimd.Load(gradient + lane), TSimd.Broadcast(factor));
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                {
                    float* t = target + (nint)y * targetPitch + x * Block + lane;
                    TSimd.Store(adds ? TSimd.Add(value, TSimd.Load(t)) : value, t);
                }
        }
    }

    /// <summary>Adds the gradient of every output of a max pooling to the first of its window's pixels that equals it.</summary>
    /// <param name="window">The geometry.</param>
    /// <param name="input">(H, W, 16), rows <paramref name="inputPitch"/> floats apart; so is its gradient.</param>
    /// <param name="inputGradient">Added to.</param>
    /// <param name="inputPitch">Floats from row to row.</param>
    /// <param name="output">(H', W', 16), rows <paramref name="outputPitch"/> floats apart; so is its gradient.</param>
    /// <param name="outputGradient">Read.</param>
    /// <param name="outputPitch">Floats from row to row.</param>
    public static void Max(Window window, float* input, float* inputGradient, int inputPitch, float* output, float* outputGradient, int outputPitch)
    {
        switch (SimdWidth.Floats)
        {
            case 16: Max<Simd512, Vector512<float>>(window, input, inputGradient, inputPitch, output, outputGradient, outputPitch); break;
            case 8: Max<Simd256, Vector256<float>>(window, input, inputGradient, inputPitch, output, outputGradient, outputPitch); break;
            case 4: Max<Simd128, Vector128<float>>(window, input, inputGradient, inputPitch, output, outputGradient, outputPitch); break;
            default: Max<SimdScalar, float>(window, input, inputGradient, inputPitch, output, outputGradient, outputPitch); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Max<TSimd, TVector>(
        Window window, float* input, float* inputGradient, int inputPitch, float* output, float* outputGradient, int outputPitch)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        int height = window.OutputHeight, width = window.OutputWidth;
        for (int oh = 0; oh < height; oh++)
        {
            WindowRange rows = window.Rows(oh);
            for (int ow = 0; ow < width; ow++)
            {
                WindowRange columns = window.Columns(ow);
                for (int lane = 0; lane < Block; lane += TSimd.Count)
                {
                    nint place = (nint)oh * outputPitch + ow * Block + lane;
                    TVector most = TSimd.Load(output + place), left = TSimd.Load(outputGradient + place);
                    for (int ih = rows.First; ih < rows.End; ih += rows.Step)
                        for (int iw = columns.First; iw < columns.End; iw += columns.Step)
                        {
                            nint at = (nint)ih * inputPitch + iw * Block + lane;
                            TVector winner = TSimd.Equal(TSimd.Load(input + at), most);
                            TSimd.Store(TSimd.Add(TSimd.Load(inputGradient + at), TSimd.And(winner, left)), inputGradient + at);
                            // Given once: later pixels that equal the largest find nothing left.
                            left = TSimd.AndNot(left, winner);
                        }
                }
            }
        }
    }
}
