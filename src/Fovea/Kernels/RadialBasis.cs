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
                case 16: Forward<Simd512>(lanes, inputs, outputs, x, w, y); break;
                case 8: Forward<Simd256>(lanes, inputs, outputs, x, w, y); break;
                case 4: Forward<Simd128>(lanes, inputs, outputs, x, w, y); break;
                default: Forward<SimdScalar>(lanes, inputs, outputs, x, w, y); break;
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
                case 16: InputGradient<Simd512>(lanes, inputs, outputs, x, w, dy, dx); break;
                case 8: InputGradient<Simd256>(lanes, inputs, outputs, x, w, dy, dx); break;
                case 4: InputGradient<Simd128>(lanes, inputs, outputs, x, w, dy, dx); break;
                default: InputGradient<SimdScalar>(lanes, inputs, outputs, x, w, dy, dx); break;
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
                case 16: CenterGradient<Simd512>(lanes, inputs, outputs, x, w, dy, dw); break;
                case 8: CenterGradient<Simd256>(lanes, inputs, outputs, x, w, dy, dw); break;
                case 4: CenterGradient<Simd128>(lanes, inputs, outputs, x, w, dy, dw); break;
                default: CenterGradient<SimdScalar>(lanes, inputs, outputs, x, w, dy, dw); break;
            }
    }

    internal static void Forward<TVector>(int lanes, int inputs, int outputs, float* input, float* centers, float* output)
        where TVector : unmanaged, ISimd<TVector>
    {
        for (int o = 0; o < outputs; o++)
            for (int lane = 0; lane < lanes; lane += TVector.Count)
            {
                TVector sum = TVector.Zero;
                for (int j = 0; j < inputs; j++)
                {
                    TVector distance = TVector.Subtract(TVector.Load(input + j * lanes + lane), TVector.Broadcast(centers[o * inputs + j]));
                    sum = TVector.MultiplyAdd(distance, distance, sum);
                }
                TVector.Store(TVector.Subtract(TVector.Zero, sum), output + o * lanes + lane);
            }
    }

    internal static void InputGradient<TVector>(
        int lanes, int inputs, int outputs, float* input, float* centers, float* outputGradient, float* inputGradient)
        where TVector : unmanaged, ISimd<TVector>
    {
        TVector factor = TVector.Broadcast(-2);
        for (int j = 0; j < inputs; j++)
            for (int lane = 0; lane < lanes; lane += TVector.Count)
            {
                TVector sum = TVector.Zero, x = TVector.Load(input + j * lanes + lane);
                for (int o = 0; o < outputs; o++)
                    sum = TVector.MultiplyAdd(TVector.Load(outputGradient + o * lanes + lane), TVector.Subtract(x, TVector.Broadcast(centers[o * inputs + j])), sum);
                TVector.Store(TVector.Multiply(sum, factor), inputGradient + j * lanes + lane);
            }
    }

    internal static void CenterGradient<TVector>(
        int lanes, int inputs, int outputs, float* input, float* centers, float* outputGradient, float* centerGradient)
        where TVector : unmanaged, ISimd<TVector>
    {
        for (int o = 0; o < outputs; o++)
            for (int j = 0; j < inputs; j++)
            {
                TVector sum = TVector.Zero, center = TVector.Broadcast(centers[o * inputs + j]);
                for (int lane = 0; lane < lanes; lane += TVector.Count)
                    sum = TVector.MultiplyAdd(TVector.Load(outputGradient + o * lanes + lane), TVector.Subtract(TVector.Load(input + j * lanes + lane), center), sum);
                centerGradient[o * inputs + j] += 2 * TVector.Sum(sum);
            }
    }
}
