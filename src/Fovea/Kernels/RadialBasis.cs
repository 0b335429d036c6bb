using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>Negative squared distances to centres, and back. Vectors: (features, lanes).</summary>
internal static unsafe class RadialBasis
{
    /// <summary>output(o) = −Σⱼ (input(j) − centers(o, j))².</summary>
    /// <param name="lanes">Samples side by side.</param>
    /// <param name="input">(in, lanes).</param>
    /// <param name="centers">(out, in).</param>
    /// <param name="output">(out, lanes).</param>
    public static void Forward(int lanes, ReadOnlySpan<float> input, ReadOnlySpan<float> centers, Span<float> output)
    {
        int inputs = input.Length / lanes, outputs = output.Length / lanes;
        ArgumentOutOfRangeException.ThrowIfNotEqual(centers.Length, inputs * outputs);
        fixed (float* x = input, w = centers, y = output)
            switch (Math.Min(SimdWidth.Floats, lanes))
            {
                case 16: Forward<Simd512, Vector512<float>>(lanes, inputs, outputs, x, w, y); break;
                case 8: Forward<Simd256, Vector256<float>>(lanes, inputs, outputs, x, w, y); break;
                case 4: Forward<Simd128, Vector128<float>>(lanes, inputs, outputs, x, w, y); break;
                default: Forward<SimdScalar, float>(lanes, inputs, outputs, x, w, y); break;
            }
    }

    /// <summary>inputGradient(j) = −2 Σₒ outputGradient(o) (input(j) − centers(o, j)).</summary>
    /// <param name="lanes">Samples side by side.</param>
    /// <param name="input">(in, lanes).</param>
    /// <param name="centers">(out, in).</param>
    /// <param name="outputGradient">(out, lanes).</param>
    /// <param name="inputGradient">(in, lanes).</param>
    public static void InputGradient(
        int lanes, ReadOnlySpan<float> input, ReadOnlySpan<float> centers, ReadOnlySpan<float> outputGradient, Span<float> inputGradient)
    {
        int inputs = input.Length / lanes, outputs = outputGradient.Length / lanes;
        ArgumentOutOfRangeException.ThrowIfNotEqual(centers.Length, inputs * outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputGradient.Length, input.Length);
        fixed (float* x = input, w = centers, dy = outputGradient, dx = inputGradient)
            switch (Math.Min(SimdWidth.Floats, lanes))
            {
                case 16: InputGradient<Simd512, Vector512<float>>(lanes, inputs, outputs, x, w, dy, dx); break;
                case 8: InputGradient<Simd256, Vector256<float>>(lanes, inputs, outputs, x, w, dy, dx); break;
                case 4: InputGradient<Simd128, Vector128<float>>(lanes, inputs, outputs, x, w, dy, dx); break;
                default: InputGradient<SimdScalar, float>(lanes, inputs, outputs, x, w, dy, dx); break;
            }
    }

    /// <summary>centerGradient(o, j) += 2 Σ outputGradient(o) (input(j) − centers(o, j)) over the samples.</summary>
    /// <param name="lanes">Samples side by side.</param>
    /// <param name="input">(in, lanes).</param>
    /// <param name="centers">(out, in).</param>
    /// <param name="outputGradient">(out, lanes).</param>
    /// <param name="centerGradient">(out, in).</param>
    public static void CenterGradient(
        int lanes, ReadOnlySpan<float> input, ReadOnlySpan<float> centers, ReadOnlySpan<float> outputGradient, Span<float> centerGradient)
    {
        int inputs = input.Length / lanes, outputs = outputGradient.Length / lanes;
        ArgumentOutOfRangeException.ThrowIfNotEqual(centers.Length, inputs * outputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(centerGradient.Length, centers.Length);
        fixed (float* x = input, w = centers, dy = outputGradient, dw = centerGradient)
            switch (Math.Min(SimdWidth.Floats, lanes))
            {
                case 16: CenterGradient<Simd512, Vector512<float>>(lanes, inputs, outputs, x, w, dy, dw); break;
                case 8: CenterGradient<Simd256, Vector256<float>>(lanes, inputs, outputs, x, w, dy, dw); break;
                case 4: CenterGradient<Simd128, Vector128<float>>(lanes, inputs, outputs, x, w, dy, dw); break;
                default: CenterGradient<SimdScalar, float>(lanes, inputs, outputs, x, w, dy, dw); break;
            }
    }

    internal static void Forward<TSimd, TVector>(int lanes, int inputs, int outputs, float* input, float* centers, float* output)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int o = 0; o < outputs; o++)
            for (int lane = 0; lane < lanes; lane += TSimd.Count)
            {
                TVector sum = TSimd.Zero;
                for (int j = 0; j < inputs; j++)
                {
                    TVector distance = TSimd.Subtract(TSimd.Load(input + j * lanes + lane), TSimd.Broadcast(centers[o * inputs + j]));
                    sum = TSimd.MultiplyAdd(distance, distance, sum);
                }
                TSimd.Store(TSimd.Subtract(TSimd.Zero, sum), output + o * lanes + lane);
            }
    }

    internal static void InputGradient<TSimd, TVector>(
        int lanes, int inputs, int outputs, float* input, float* centers, float* outputGradient, float* inputGradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector factor = TSimd.Broadcast(-2);
        for (int j = 0; j < inputs; j++)
            for (int lane = 0; lane < lanes; lane += TSimd.Count)
            {
                TVector sum = TSimd.Zero, x = TSimd.Load(input + j * lanes + lane);
                for (int o = 0; o < outputs; o++)
                    sum = TSimd.MultiplyAdd(TSimd.Load(outputGradient + o * lanes + lane), TSimd.Subtract(x, TSimd.Broadcast(centers[o * inputs + j])), sum);
                TSimd.Store(TSimd.Multiply(sum, factor), inputGradient + j * lanes + lane);
            }
    }

    internal static void CenterGradient<TSimd, TVector>(
        int lanes, int inputs, int outputs, float* input, float* centers, float* outputGradient, float* centerGradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int o = 0; o < outputs; o++)
            for (int j = 0; j < inputs; j++)
            {
                TVector sum = TSimd.Zero, center = TSimd.Broadcast(centers[o * inputs + j]);
                for (int lane = 0; lane < lanes; lane += TSimd.Count)
                    sum = TSimd.MultiplyAdd(TSimd.Load(outputGradient + o * lanes + lane), TSimd.Subtract(TSimd.Load(input + j * lanes + lane), center), sum);
                centerGradient[o * inputs + j] += 2 * TSimd.Sum(sum);
            }
    }
}
