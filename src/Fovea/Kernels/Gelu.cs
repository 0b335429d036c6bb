using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>The Gaussian error linear unit, x Φ(x) (Hendrycks and Gimpel, 2016), forward and backward.</summary>
internal static unsafe class Gelu
{
    /// <summary>output = x Φ(x).</summary>
    /// <param name="input">Any numbers.</param>
    /// <param name="output">As long as the input, or the input itself.</param>
    public static void Forward(ReadOnlySpan<float> input, Span<float> output)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length);
        fixed (float* x = input, y = output)
        {
            int done = SimdWidth.Bits switch
            {
                512 => Forward<Simd512, Vector512<float>>(x, y, 0, input.Length),
                256 => Forward<Simd256, Vector256<float>>(x, y, 0, input.Length),
                128 => Forward<Simd128, Vector128<float>>(x, y, 0, input.Length),
                _ => 0,
            };
            Forward<SimdScalar, float>(x, y, done, input.Length);
        }
    }

    /// <summary>inputGradient = outputGradient · (Φ(x) + x φ(x)); added to what is there if asked for.</summary>
    /// <param name="input">What forward was given.</param>
    /// <param name="outputGradient">As long as the input.</param>
    /// <param name="inputGradient">As long as the input, or the output's gradient itself.</param>
    /// <param name="adds">Whether to add.</param>
    public static void Backward(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, bool adds = false)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, input.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputGradient.Length, input.Length);
        fixed (float* x = input, g = outputGradient, d = inputGradient)
        {
            int done = SimdWidth.Bits switch
            {
                512 => Backward<Simd512, Vector512<float>>(x, g, d, adds, 0, input.Length),
                256 => Backward<Simd256, Vector256<float>>(x, g, d, adds, 0, input.Length),
                128 => Backward<Simd128, Vector128<float>>(x, g, d, adds, 0, input.Length),
                _ => 0,
            };
            Backward<SimdScalar, float>(x, g, d, adds, done, input.Length);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Forward<TSimd, TVector>(float* input, float* output, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector x = TSimd.Load(input + i);
            TSimd.Store(TSimd.Multiply(x, NormalDistribution.Cumulative<TSimd, TVector>(x, out _)), output + i);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Backward<TSimd, TVector>(float* input, float* outputGradient, float* inputGradient, bool adds, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector x = TSimd.Load(input + i);
            TVector cumulative = NormalDistribution.Cumulative<TSimd, TVector>(x, out TVector density);
            TVector slope = TSimd.MultiplyAdd(x, density, cumulative);
            TVector passed = TSimd.Multiply(slope, TSimd.Load(outputGradient + i));
            TSimd.Store(adds ? TSimd.Add(passed, TSimd.Load(inputGradient + i)) : passed, inputGradient + i);
        }
        return i;
    }
}
