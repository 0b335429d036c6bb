using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// The element-wise half of batch normalisation. The mean is subtracted before anything is multiplied, so that values
/// which are large but lie close together keep their digits.
/// </summary>
internal static unsafe class Standardization
{
    /// <summary>output = (input − mean) · scale + shift.</summary>
    public static void Forward(ReadOnlySpan<float> input, float mean, float scale, float shift, Span<float> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length);
        fixed (float* x = input, y = output)
        {
            int done = SimdWidth.Bits switch
            {
                512 => Forward<Simd512, Vector512<float>>(x, mean, scale, shift, y, 0, input.Length),
                256 => Forward<Simd256, Vector256<float>>(x, mean, scale, shift, y, 0, input.Length),
                128 => Forward<Simd128, Vector128<float>>(x, mean, scale, shift, y, 0, input.Length),
                _ => 0,
            };
            Forward<SimdScalar, float>(x, mean, scale, shift, y, done, input.Length);
        }
    }

    /// <summary>inputGradient = outputGradient · gain + (input − mean) · slope + shift.</summary>
    public static void Backward(
        ReadOnlySpan<float> outputGradient, float gain, ReadOnlySpan<float> input, float mean, float slope, float shift, Span<float> inputGradient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, input.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputGradient.Length, input.Length);
        fixed (float* dy = outputGradient, x = input, dx = inputGradient)
        {
            int done = SimdWidth.Bits switch
            {
                512 => Backward<Simd512, Vector512<float>>(dy, gain, x, mean, slope, shift, dx, 0, input.Length),
                256 => Backward<Simd256, Vector256<float>>(dy, gain, x, mean, slope, shift, dx, 0, input.Length),
                128 => Backward<Simd128, Vector128<float>>(dy, gain, x, mean, slope, shift, dx, 0, input.Length),
                _ => 0,
            };
            Backward<SimdScalar, float>(dy, gain, x, mean, slope, shift, dx, done, input.Length);
        }
    }

    internal static int Forward<TSimd, TVector>(float* input, float mean, float scale, float shift, float* output, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector means = TSimd.Broadcast(mean), scales = TSimd.Broadcast(scale), shifts = TSimd.Broadcast(shift);
        for (; i + TSimd.Count <= length; i += TSimd.Count)
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(input + i), means), scales, shifts), output + i);
        return i;
    }

    internal static int Backward<TSimd, TVector>(
        float* outputGradient, float gain, float* input, float mean, float slope, float shift, float* inputGradient, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector gains = TSimd.Broadcast(gain), means = TSimd.Broadcast(mean), slopes = TSimd.Broadcast(slope), shifts = TSimd.Broadcast(shift);
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector line = TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(input + i), means), slopes, shifts);
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(outputGradient + i), gains, line), inputGradient + i);
        }
        return i;
    }
}
