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
                512 => Forward<Simd512>(x, mean, scale, shift, y, 0, input.Length),
                256 => Forward<Simd256>(x, mean, scale, shift, y, 0, input.Length),
                128 => Forward<Simd128>(x, mean, scale, shift, y, 0, input.Length),
                _ => 0,
            };
            Forward<SimdScalar>(x, mean, scale, shift, y, done, input.Length);
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
                512 => Backward<Simd512>(dy, gain, x, mean, slope, shift, dx, 0, input.Length),
                256 => Backward<Simd256>(dy, gain, x, mean, slope, shift, dx, 0, input.Length),
                128 => Backward<Simd128>(dy, gain, x, mean, slope, shift, dx, 0, input.Length),
                _ => 0,
            };
            Backward<SimdScalar>(dy, gain, x, mean, slope, shift, dx, done, input.Length);
        }
    }

    internal static int Forward<TVector>(float* input, float mean, float scale, float shift, float* output, int i, int length)
        where TVector : unmanaged, ISimd<TVector>
    {
        TVector means = TVector.Broadcast(mean), scales = TVector.Broadcast(scale), shifts = TVector.Broadcast(shift);
        for (; i + TVector.Count <= length; i += TVector.Count)
            TVector.Store(TVector.MultiplyAdd(TVector.Subtract(TVector.Load(input + i), means), scales, shifts), output + i);
        return i;
    }

    internal static int Backward<TVector>(
        float* outputGradient, float gain, float* input, float mean, float slope, float shift, float* inputGradient, int i, int length)
        where TVector : unmanaged, ISimd<TVector>
    {
        TVector gains = TVector.Broadcast(gain), means = TVector.Broadcast(mean), slopes = TVector.Broadcast(slope), shifts = TVector.Broadcast(shift);
        for (; i + TVector.Count <= length; i += TVector.Count)
        {
            TVector line = TVector.MultiplyAdd(TVector.Subtract(TVector.Load(input + i), means), slopes, shifts);
            TVector.Store(TVector.MultiplyAdd(TVector.Load(outputGradient + i), gains, line), inputGradient + i);
        }
        return i;
    }
}
