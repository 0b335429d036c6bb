using System.Numerics.Tensors;

namespace Fovea.Kernels;

/// <summary>
/// Full connection of one slice, forward and the gradient of its input; for that of its weights see
/// <see cref="DenseGradient"/>. Weights are (outputs, inputs), vectors (features, lanes).
/// With 16 lanes both are matrix products; with one lane they are dot products and scaled rows of the weights.
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

        private static int[] Steps(int count, int step) => [.. Enumerable.Range(0, count).Select(i => i * step)];
    }

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
        if (t.Lanes == DenseProduct.Lanes && t.Outputs >= DenseProduct.Rows)
        {
            fixed (float* w = weights, x = input, b = bias, y = output)
                DenseProduct.Run(new DenseProduct.Operands { Weights = w, RowStep = t.Inputs, TapStep = 1, Input = x, Output = y, Bias = b, Height = t.Outputs, Taps = t.Inputs });
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
        if (t.Lanes == DenseProduct.Lanes && t.Inputs >= DenseProduct.Rows)
        {
            fixed (float* w = weights, dy = outputGradient, dx = inputGradient)
                DenseProduct.Run(new DenseProduct.Operands { Weights = w, RowStep = 1, TapStep = t.Inputs, Input = dy, Output = dx, Height = t.Inputs, Taps = t.Outputs });
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

    private static void CheckLengths(Tables t, ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(input.Length, t.Inputs * t.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, t.Outputs * t.Lanes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, t.Inputs * t.Outputs);
    }
}
