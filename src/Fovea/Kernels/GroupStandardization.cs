using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fovea.Kernels.Simd;

namespace Fovea.Kernels;

/// <summary>
/// Normalisation of a group of elements: x̂ = (x − μ) / √(σ² + eps), y = weight · x̂ + bias. A group lies as (weights, run):
/// so many floats side by side have one weight. With one lane it is one sample's; with 16, 16 samples lie side by side at
/// every element, and each has statistics of its own.
/// <para>
/// The statistics of a group are its <em>line</em>, sixteen floats for each of the numbers below, equal ones where there
/// is one lane, so that a vector of any width finds what belongs to its lanes. μ is subtracted before anything is
/// multiplied, so that values which are large but lie close together keep their digits.
/// </para>
/// </summary>
internal static unsafe class GroupStandardization
{
    private const int Lanes = 16;

    /// <summary>Where the numbers of a line begin: x̂ = (x − mean) · inverse + rest, the rest being what rounding took from the mean.</summary>
    private const int Mean = 0, Inverse = Lanes, Rest = 2 * Lanes;

    /// <summary>Where those begin that backward adds.</summary>
    private const int Slope = 3 * Lanes, Offset = 4 * Lanes;

    /// <summary>Floats of a line.</summary>
    public const int LineLength = 5 * Lanes;

    /// <summary>Finds a group's statistics; all sums are in double precision.</summary>
    /// <param name="group">(elements, lanes).</param>
    /// <param name="lanes">1 or 16.</param>
    /// <param name="eps">What is added to the variance.</param>
    /// <param name="line">(<see cref="LineLength"/>).</param>
    public static void Measure(ReadOnlySpan<float> group, int lanes, double eps, Span<float> line)
    {
        Span<double> sums = stackalloc double[2 * Lanes];
        if (lanes == 1)
            (sums[0], sums[Lanes]) = Moments.Of(group, group[0], lanes, lanes);
        else
            Moments.OfLanes(group, group[..Lanes], sums[..Lanes], sums[Lanes..]);
        double elements = group.Length / lanes;
        for (int lane = 0; lane < lanes; lane++)
        {
            double distance = sums[lane] / elements, mean = group[lane] + distance;
            double inverse = 1 / Math.Sqrt(Math.Max(0, sums[Lanes + lane] / elements - distance * distance) + eps);
            float rounded = (float)mean;
            line[Mean + lane] = rounded;
            line[Inverse + lane] = (float)inverse;
            line[Rest + lane] = (float)((rounded - mean) * inverse);
        }
        if (lanes == 1)
            foreach (int number in (ReadOnlySpan<int>)[Mean, Inverse, Rest])
                line.Slice(number, Lanes).Fill(line[number]);
    }

    /// <summary>output = weight · x̂ + bias.</summary>
    /// <param name="group">(weights, run).</param>
    /// <param name="line">The group's statistics.</param>
    /// <param name="weights">(weights).</param>
    /// <param name="bias">(weights).</param>
    /// <param name="output">(weights, run).</param>
    public static void Forward(ReadOnlySpan<float> group, ReadOnlySpan<float> line, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output)
    {
        if (weights.Length == group.Length)
        {
            ForwardRuns(group, line, [1], [0], output);
            TensorPrimitives.MultiplyAdd(output, weights, bias, output);
        }
        else
            ForwardRuns(group, line, weights, bias, output);
    }

    /// <summary>weightGradient += Σ g x̂ and biasGradient += Σ g over each weight's run.</summary>
    /// <param name="group">(weights, run).</param>
    /// <param name="line">The group's statistics.</param>
    /// <param name="outputGradient">g: (weights, run).</param>
    /// <param name="weightGradient">(weights).</param>
    /// <param name="biasGradient">(weights).</param>
    /// <param name="scratch">As many floats as the group has, if every float has a weight of its own.</param>
    public static void WeightGradient(
        ReadOnlySpan<float> group, ReadOnlySpan<float> line, ReadOnlySpan<float> outputGradient, Span<float> weightGradient, Span<float> biasGradient, Span<float> scratch)
    {
        if (weightGradient.Length == group.Length)
        {
            Span<float> normalized = scratch[..group.Length];
            ForwardRuns(group, line, [1], [0], normalized);
            TensorPrimitives.MultiplyAdd(outputGradient, normalized, weightGradient, weightGradient);
            TensorPrimitives.Add(biasGradient, outputGradient, biasGradient);
            return;
        }
        int run = RunOf(group, weightGradient);
        ArgumentOutOfRangeException.ThrowIfNotEqual(biasGradient.Length, weightGradient.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, group.Length);
        fixed (float* x = group, s = line, g = outputGradient, dw = weightGradient, db = biasGradient)
            switch (SimdWidth.Bits)
            {
                case 512: WeightGradient<Simd512, Vector512<float>>(x, s, g, weightGradient.Length, run, dw, db); break;
                case 256: WeightGradient<Simd256, Vector256<float>>(x, s, g, weightGradient.Length, run, dw, db); break;
                case 128: WeightGradient<Simd128, Vector128<float>>(x, s, g, weightGradient.Length, run, dw, db); break;
                default: WeightGradient<SimdScalar, float>(x, s, g, weightGradient.Length, run, dw, db); break;
            }
    }

    /// <summary>With v = weight · g and means over the group: inputGradient = (v − mean(v) − x̂ · mean(v x̂)) / √(σ² + eps).</summary>
    /// <param name="group">(weights, run).</param>
    /// <param name="lanes">1 or 16.</param>
    /// <param name="line">The group's statistics; more is written to it.</param>
    /// <param name="outputGradient">g: (weights, run).</param>
    /// <param name="weights">(weights).</param>
    /// <param name="inputGradient">(weights, run).</param>
    public static void InputGradient(
        ReadOnlySpan<float> group, int lanes, Span<float> line, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient)
    {
        int run = RunOf(group, weights);
        ArgumentOutOfRangeException.ThrowIfNotEqual(outputGradient.Length, group.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputGradient.Length, group.Length);
        Scale(outputGradient, weights, run, inputGradient);
        AddMeans(group, lanes, inputGradient, line);
        fixed (float* x = group, s = line, dx = inputGradient)
        {
            int done = SimdWidth.Bits switch
            {
                512 => InputGradient<Simd512, Vector512<float>>(x, s, dx, 0, group.Length),
                256 => InputGradient<Simd256, Vector256<float>>(x, s, dx, 0, group.Length),
                128 => InputGradient<Simd128, Vector128<float>>(x, s, dx, 0, group.Length),
                _ => 0,
            };
            InputGradient<SimdScalar, float>(x, s, dx, done, group.Length);
        }
    }

    private static void ForwardRuns(ReadOnlySpan<float> group, ReadOnlySpan<float> line, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output)
    {
        int run = RunOf(group, weights);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bias.Length, weights.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, group.Length);
        fixed (float* x = group, s = line, w = weights, b = bias, y = output)
            switch (SimdWidth.Bits)
            {
                case 512: Forward<Simd512, Vector512<float>>(x, s, w, b, weights.Length, run, y); break;
                case 256: Forward<Simd256, Vector256<float>>(x, s, w, b, weights.Length, run, y); break;
                case 128: Forward<Simd128, Vector128<float>>(x, s, w, b, weights.Length, run, y); break;
                default: Forward<SimdScalar, float>(x, s, w, b, weights.Length, run, y); break;
            }
    }

    private static void Scale(ReadOnlySpan<float> gradient, ReadOnlySpan<float> weights, int run, Span<float> scaled)
    {
        if (run == 1)
            TensorPrimitives.Multiply(gradient, weights, scaled);
        else
            for (int w = 0; w < weights.Length; w++)
                TensorPrimitives.Multiply(gradient.Slice(w * run, run), weights[w], scaled.Slice(w * run, run));
    }

    /// <summary>What the means of v and of v x̂ come to in the input's gradient.</summary>
    private static void AddMeans(ReadOnlySpan<float> group, int lanes, ReadOnlySpan<float> scaled, Span<float> line)
    {
        Span<double> sums = stackalloc double[2 * Lanes];
        if (lanes == 1)
            (sums[0], sums[Lanes]) = Moments.OfProducts(scaled, group, line[Mean], lanes, lanes);
        else
            Moments.OfLaneProducts(scaled, group, line.Slice(Mean, Lanes), sums[..Lanes], sums[Lanes..]);
        double elements = group.Length / lanes;
        for (int lane = 0; lane < lanes; lane++)
        {
            double inverse = line[Inverse + lane], product = sums[Lanes + lane] * inverse + sums[lane] * line[Rest + lane];
            line[Slope + lane] = (float)(-inverse * product / elements);
            line[Offset + lane] = (float)(-inverse * sums[lane] / elements);
        }
        if (lanes == 1)
            foreach (int number in (ReadOnlySpan<int>)[Slope, Offset])
                line.Slice(number, Lanes).Fill(line[number]);
    }

    internal static void Forward<TSimd, TVector>(float* group, float* line, float* weights, float* bias, int count, int run, float* output)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int w = 0; w < count; w++, group += run, output += run)
        {
            int done = ForwardRun<TSimd, TVector>(group, line, weights[w], bias[w], output, 0, run);
            if (done < run)
                ForwardRun<SimdScalar, float>(group, line, weights[w], bias[w], output, done, run);
        }
    }

    internal static void WeightGradient<TSimd, TVector>(float* group, float* line, float* outputGradient, int count, int run, float* weightGradient, float* biasGradient)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (int w = 0; w < count; w++, group += run, outputGradient += run)
        {
            int done = SumRun<TSimd, TVector>(group, line, outputGradient, weightGradient + w, biasGradient + w, 0, run);
            if (done < run)
                SumRun<SimdScalar, float>(group, line, outputGradient, weightGradient + w, biasGradient + w, done, run);
        }
    }

    /// <summary>From v to the gradient, in place.</summary>
    internal static int InputGradient<TSimd, TVector>(float* group, float* line, float* gradient, int i, int length)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        for (; i + TSimd.Count <= length; i += TSimd.Count)
        {
            float* lane = line + (i & (Lanes - 1));
            TVector means = TSimd.MultiplyAdd(Normalized<TSimd, TVector>(group + i, lane), TSimd.Load(lane + Slope), TSimd.Load(lane + Offset));
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(gradient + i), TSimd.Load(lane + Inverse), means), gradient + i);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ForwardRun<TSimd, TVector>(float* group, float* line, float weight, float bias, float* output, int i, int run)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector weights = TSimd.Broadcast(weight), biases = TSimd.Broadcast(bias);
        for (; i + TSimd.Count <= run; i += TSimd.Count)
            TSimd.Store(TSimd.MultiplyAdd(Normalized<TSimd, TVector>(group + i, line + (i & (Lanes - 1))), weights, biases), output + i);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SumRun<TSimd, TVector>(float* group, float* line, float* outputGradient, float* weightGradient, float* biasGradient, int i, int run)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged
    {
        TVector products = TSimd.Zero, sums = TSimd.Zero;
        for (; i + TSimd.Count <= run; i += TSimd.Count)
        {
            TVector g = TSimd.Load(outputGradient + i);
            products = TSimd.MultiplyAdd(g, Normalized<TSimd, TVector>(group + i, line + (i & (Lanes - 1))), products);
            sums = TSimd.Add(sums, g);
        }
        *weightGradient += TSimd.Sum(products);
        *biasGradient += TSimd.Sum(sums);
        return i;
    }

    /// <summary>x̂.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Normalized<TSimd, TVector>(float* x, float* lane)
        where TSimd : ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.MultiplyAdd(TSimd.Subtract(TSimd.Load(x), TSimd.Load(lane + Mean)), TSimd.Load(lane + Inverse), TSimd.Load(lane + Rest));

    private static int RunOf(ReadOnlySpan<float> group, ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(group.Length % weights.Length, 0);
        return group.Length / weights.Length;
    }
}
