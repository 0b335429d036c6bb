using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>
/// Full connection of one slice, forward and both gradients. Weights are (outputs, inputs), vectors (features, lanes).
/// With 16 lanes all three are correlations; with one lane they are dot products and scaled rows of the weights.
/// </summary>
internal static unsafe class Dense
{
    /// <summary>Tables for <see cref="Correlation"/>, made once per layer.</summary>
    internal sealed class Tables(int inputs, int outputs, int lanes)
    {
        public int Inputs { get; } = inputs;
        public int Outputs { get; } = outputs;
        public int Lanes { get; } = lanes;

        /// <summary>0, 1, 2, …: neighbouring weights.</summary>
        public int[] Ones { get; } = Steps(Math.Max(inputs, Math.Max(outputs, lanes)), 1);

        /// <summary>Rows of the weights.</summary>
        public int[] WeightRows { get; } = Steps(outputs, inputs);

        /// <summary>Features of a slice.</summary>
        public int[] Features { get; } = Steps(Math.Max(inputs, outputs), lanes);

        /// <summary>Samples of the transposed input, each padded to whole vectors.</summary>
        public int[] Samples { get; } = Steps(lanes, RoundUp(inputs));

        /// <summary>Rows of the weight gradient in scratch, each padded to whole vectors.</summary>
        public int[] GradientRows { get; } = Steps(outputs, RoundUp(inputs));

        private static int[] Steps(int count, int step) => [.. Enumerable.Range(0, count).Select(i => i * step)];
    }

    /// <summary>Floats of scratch that <see cref="WeightGradient"/> needs.</summary>
    public static int Scratch(Tables t) => t.Lanes == 1 ? 0 : (t.Lanes + RowBlock) * RoundUp(t.Inputs);

    private const int RowBlock = 6;

    /// <summary>output = weights · input + bias.</summary>
    public static void Forward(Tables t, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output)
    {
        CheckLengths(t, input, output, weights);
        if (t.Lanes == 1)
        {
            for (int o = 0; o < t.Outputs; o++)
                output[o] = TensorPrimitives.Dot(weights.Slice(o * t.Inputs, t.Inputs), input) + (bias.IsEmpty ? 0 : bias[o]);
            return;
        }
        fixed (float* w = weights, x = input, b = bias, y = output)
        fixed (int* rows = t.WeightRows, ones = t.Ones, features = t.Features)
            Correlation.Run(new Correlation.Operands
            {
                Weights = w,
                WeightRows = rows,
                WeightTaps = ones,
                Input = x,
                InputTaps = features,
                Output = y,
                OutputRows = features,
                Bias = b,
                Rows = t.Outputs,
                Taps = t.Inputs,
                Run = t.Lanes,
            });
    }

    /// <summary>inputGradient = weightsᵀ · outputGradient.</summary>
    public static void InputGradient(Tables t, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient)
    {
        CheckLengths(t, inputGradient, outputGradient, weights);
        if (t.Lanes == 1)
        {
            inputGradient.Clear();
            for (int o = 0; o < t.Outputs; o++)
                TensorPrimitives.MultiplyAdd(weights.Slice(o * t.Inputs, t.Inputs), outputGradient[o], inputGradient, inputGradient);
            return;
        }
        fixed (float* w = weights, dy = outputGradient, dx = inputGradient)
        fixed (int* rows = t.WeightRows, ones = t.Ones, features = t.Features)
            Correlation.Run(new Correlation.Operands
            {
                Weights = w,
                WeightRows = ones,
                WeightTaps = rows,
                Input = dy,
                InputTaps = features,
                Output = dx,
                OutputRows = features,
                Rows = t.Inputs,
                Taps = t.Outputs,
                Run = t.Lanes,
            });
    }

    /// <summary>weightGradient += outputGradient · inputᵀ, summed over the slice's samples.</summary>
    /// <param name="t">The tables.</param>
    /// <param name="input">(inputs, lanes).</param>
    /// <param name="outputGradient">(outputs, lanes).</param>
    /// <param name="weightGradient">(outputs, inputs), added to.</param>
    /// <param name="scratch">At least <see cref="Scratch"/> floats.</param>
    public static void WeightGradient(Tables t, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> weightGradient, Span<float> scratch)
    {
        CheckLengths(t, input, outputGradient, weightGradient);
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch.Length, Scratch(t));
        if (t.Lanes == 1)
        {
            for (int o = 0; o < t.Outputs; o++)
            {
                Span<float> row = weightGradient.Slice(o * t.Inputs, t.Inputs);
                TensorPrimitives.MultiplyAdd(input, outputGradient[o], row, row);
            }
            return;
        }
        // The samples' inputs one below the other, so that neighbouring weights lie in the lanes; the last vector of a
        // row passes its end, so rows are computed in scratch and added from there.
        int pitch = RoundUp(t.Inputs);
        Span<float> samples = scratch[..(t.Lanes * pitch)], sums = scratch.Slice(t.Lanes * pitch, RowBlock * pitch);
        for (int sample = 0; sample < t.Lanes; sample++)
        {
            Span<float> row = samples.Slice(sample * pitch, pitch);
            for (int i = 0, at = sample; i < t.Inputs; i++, at += t.Lanes)
                row[i] = input[at];
            row[t.Inputs..].Clear();
        }
        fixed (float* x = samples, dy = outputGradient, s = sums)
        fixed (int* ones = t.Ones, features = t.Features, sampleTaps = t.Samples, gradientRows = t.GradientRows)
            for (int first = 0; first < t.Outputs; first += RowBlock)
            {
                int count = Math.Min(RowBlock, t.Outputs - first);
                Correlation.Run(new Correlation.Operands
                {
                    Weights = dy,
                    WeightRows = features + first,
                    WeightTaps = ones,
                    Input = x,
                    InputTaps = sampleTaps,
                    Output = s,
                    OutputRows = gradientRows,
                    Rows = count,
                    Taps = t.Lanes,
                    Run = pitch,
                });
                for (int r = 0; r < count; r++)
                {
                    Span<float> row = weightGradient.Slice((first + r) * t.Inputs, t.Inputs);
                    TensorPrimitives.Add(row, sums.Slice(r * pitch, t.Inputs), row);
                }
            }
    }

    private static int RoundUp(int length) => (length + 15) & ~15;

    private static void CheckLengths(Tables t, ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, t.Inputs * t.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, t.Outputs * t.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, t.Inputs * t.Outputs);
    }
}
