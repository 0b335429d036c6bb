using System.Runtime.InteropServices;
using Fovea.Tensors;

namespace Fovea.Kernels.Quantized;

/// <summary>
/// Transformed weights G g G ᵀ in 16 bits: (36, output blocks, input channels / 2, 16, 2), and the step of every position and
/// output: (36, output blocks, 16).
/// </summary>
internal sealed class QuantizedWinogradWeights
{
    private const int Block = QuantizedCorrelation.Block;
    private const int Cells = 9;
    private const int Side = QuantizedWinograd.Tile + 2;

    /// <summary>The largest sum that 32 bits hold.</summary>
    private const double MaxSum = int.MaxValue;

    private static readonly double[][] G =
    [
        [1 / 4.0, 0, 0], [-1 / 6.0, -1 / 6.0, -1 / 6.0], [-1 / 6.0, 1 / 6.0, -1 / 6.0], [1 / 24.0, 1 / 12.0, 1 / 6.0], [1 / 24.0, -1 / 12.0, 1 / 6.0], [0, 0, 1],
    ];

    /// <summary>By what the rows of B ᵀ make a number larger at most.</summary>
    private static readonly int[] Growth = [10, 10, 10, 6, 6, 10];

    private readonly AlignedBuffer _packed;

    private QuantizedWinogradWeights(AlignedBuffer packed, AlignedBuffer steps) => (_packed, Steps) = (packed, steps);

    public Span<short> Packed => MemoryMarshal.Cast<float, short>(_packed.Span);

    public AlignedBuffer Steps { get; }

    /// <summary>Numbers of the packed weights.</summary>
    public static int Length(int outputs, int inputs) => checked(QuantizedWinograd.Positions * Blocks(outputs) * Block * Blocks(inputs) * Block);

    /// <param name="weights">(outputs, inputs, 3, 3).</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    public static QuantizedWinogradWeights Pack(ReadOnlySpan<float> weights, int outputs, int inputs)
    {
        var result = new QuantizedWinogradWeights(
            new AlignedBuffer(Length(outputs, inputs) / 2), new AlignedBuffer(QuantizedWinograd.Positions * Blocks(outputs) * Block));
        int channels = Blocks(inputs) * Block;
        Span<short> packed = result.Packed;
        Span<float> steps = result.Steps.Span;
        double[] transformed = new double[QuantizedWinograd.Positions * inputs];
        for (int o = 0; o < outputs; o++)
        {
            Transform(weights.Slice(o * inputs * Cells, inputs * Cells), inputs, transformed);
            for (int position = 0; position < QuantizedWinograd.Positions; position++)
            {
                ReadOnlySpan<double> row = transformed.AsSpan(position * inputs, inputs);
                double largest = 0, sum = 0;
                foreach (double weight in row)
                {
                    largest = Math.Max(largest, Math.Abs(weight));
                    sum += Math.Abs(weight);
                }
                // Rounding may add half to each of the weights.
                int growth = QuantizedCorrelation.MaxActivation * Growth[position / Side] * Growth[position % Side];
                double step = Math.Max(largest / short.MaxValue, sum / (MaxSum / growth - 0.5 * inputs));
                steps[position * Blocks(outputs) * Block + o] = (float)step;
                int place = (position * Blocks(outputs) + o / Block) * channels * Block + o % Block * 2;
                for (int i = 0; i < inputs; i++)
                    packed[place + i / 2 * Block * 2 + i % 2] = step > 0 ? (short)Math.Round(row[i] / (float)step) : (short)0;
            }
        }
        return result;
    }

    /// <summary>One output's weights: (36, inputs).</summary>
    private static void Transform(ReadOnlySpan<float> weights, int inputs, Span<double> transformed)
    {
        Span<double> half = stackalloc double[Side * 3];
        for (int i = 0; i < inputs; i++)
        {
            ReadOnlySpan<float> g = weights.Slice(i * Cells, Cells);
            for (int r = 0; r < Side; r++)
                for (int kw = 0; kw < 3; kw++)
                    half[r * 3 + kw] = G[r][0] * g[kw] + G[r][1] * g[3 + kw] + G[r][2] * g[6 + kw];
            for (int r = 0; r < Side; r++)
                for (int c = 0; c < Side; c++)
                    transformed[(r * Side + c) * inputs + i] = G[c][0] * half[r * 3] + G[c][1] * half[r * 3 + 1] + G[c][2] * half[r * 3 + 2];
        }
    }

    private static int Blocks(int channels) => (channels + Block - 1) / Block;
}
