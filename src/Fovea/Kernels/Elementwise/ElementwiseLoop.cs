using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels.Elementwise;

/// <summary>Applies an <see cref="IElementwise"/> to many numbers: whole vectors first, then one number at a time, to the same bits.</summary>
internal static unsafe class ElementwiseLoop
{
    /// <summary>y = f(x).</summary>
    /// <param name="function">f.</param>
    /// <param name="x">(length).</param>
    /// <param name="y">(length), or x itself.</param>
    /// <param name="length">How many numbers.</param>
    public static void Forward<TFunction>(TFunction function, float* x, float* y, int length)
        where TFunction : struct, IElementwise
    {
        int done = SimdWidth.Bits switch
        {
            512 => Forward<TFunction, Simd512, Vector512<float>>(function, x, y, 0, length),
            256 => Forward<TFunction, Simd256, Vector256<float>>(function, x, y, 0, length),
            128 => Forward<TFunction, Simd128, Vector128<float>>(function, x, y, 0, length),
            _ => 0,
        };
        if (done < length)
            Forward<TFunction, SimdScalar, float>(function, x, y, done, length);
    }

    /// <summary>d = g · f′(x), or d + g · f′(x).</summary>
    /// <param name="function">f.</param>
    /// <param name="x">(length), what forward was given.</param>
    /// <param name="y">(length), f(x).</param>
    /// <param name="g">(length), the output's gradient.</param>
    /// <param name="d">(length), the input's gradient; may be g itself.</param>
    /// <param name="adds">Whether to add to what is there.</param>
    /// <param name="length">How many numbers.</param>
    public static void Backward<TFunction>(TFunction function, float* x, float* y, float* g, float* d, bool adds, int length)
        where TFunction : struct, IElementwise
    {
        int done = SimdWidth.Bits switch
        {
            512 => Backward<TFunction, Simd512, Vector512<float>>(function, x, y, g, d, adds, 0, length),
            256 => Backward<TFunction, Simd256, Vector256<float>>(function, x, y, g, d, adds, 0, length),
            128 => Backward<TFunction, Simd128, Vector128<float>>(function, x, y, g, d, adds, 0, length),
            _ => 0,
        };
        if (done < length)
            Backward<TFunction, SimdScalar, float>(function, x, y, g, d, adds, done, length);
    }

    /// <summary>output = f(input); both may be one.</summary>
    public static void Forward<TFunction>(TFunction function, ReadOnlySpan<float> input, Span<float> output)
        where TFunction : struct, IElementwise
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length);
        fixed (float* x = input, y = output)
            Forward(function, x, y, input.Length);
    }

    /// <summary>inputGradient = outputGradient · f′(input), all of one length; output = f(input).</summary>
    public static void Backward<TFunction>(
        TFunction function, ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
        where TFunction : struct, IElementwise
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, input.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputGradient.Length, input.Length);
        fixed (float* x = input, y = output, g = outputGradient, d = inputGradient)
            Backward(function, x, y, g, d, adds: false, input.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int Forward<TFunction, TSimd, TVector>(TFunction function, float* x, float* y, int i, int length)
        where TFunction : struct, IElementwise
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        // Four at a time: their chains of operations overlap, and constants stay in registers.
        for (; i + 4 * TSimd.Count <= length; i += 4 * TSimd.Count)
        {
            TVector first = function.Value<TSimd, TVector>(TSimd.Load(x + i)), second = function.Value<TSimd, TVector>(TSimd.Load(x + i + TSimd.Count));
            TVector third = function.Value<TSimd, TVector>(TSimd.Load(x + i + 2 * TSimd.Count)), fourth = function.Value<TSimd, TVector>(TSimd.Load(x + i + 3 * TSimd.Count));
            TSimd.Store(first, y + i);
            TSimd.Store(second, y + i + TSimd.Count);
            TSimd.Store(third, y + i + 2 * TSimd.Count);
            TSimd.Store(fourth, y + i + 3 * TSimd.Count);
        }
        for (; i + TSimd.Count <= length; i += TSimd.Count)
            TSimd.Store(function.Value<TSimd, TVector>(TSimd.Load(x + i)), y + i);
        return i;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int Backward<TFunction, TSimd, TVector>(TFunction function, float* x, float* y, float* g, float* d, bool adds, int i, int length)
        where TFunction : struct, IElementwise
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            TVector input = TFunction.Reads == GradientReads.Output ? TSimd.Zero : TSimd.Load(x + i);
            TVector output = TFunction.Reads == GradientReads.Input ? TSimd.Zero : TSimd.Load(y + i);
            TVector passed = function.Gradient<TSimd, TVector>(input, output, TSimd.Load(g + i));
            TSimd.Store(adds ? TSimd.Add(passed, TSimd.Load(d + i)) : passed, d + i);
        }
        return i;
    }
}
