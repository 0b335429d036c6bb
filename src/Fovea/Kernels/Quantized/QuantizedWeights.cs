using System.Runtime.InteropServices;
using Fovea.Tensors;

namespace Fovea.Kernels.Quantized;

/// <summary>
/// Weights as <see cref="QuantizedCorrelation"/> wants them: (outputs / 16, steps, 16, 4), places past the last channel
/// zero, and the groups into which the steps are cut. A group ends before the positive or the negative weights that one
/// sum of 16 bits meets could come to more than it holds if every activation were the largest; so no sum ever overflows.
/// </summary>
internal sealed class QuantizedWeights
{
    private const int Block = QuantizedCorrelation.Block;
    private const int Quad = QuantizedCorrelation.Quad;

    /// <summary>What the weights of one sign may come to: 258 · 127 is the last multiple that 16 bits hold.</summary>
    private const int MaxSum = short.MaxValue / QuantizedCorrelation.MaxActivation;

    private readonly AlignedBuffer _packed;

    private QuantizedWeights(int steps, AlignedBuffer packed, int[] groups, int[] groupStarts) =>
        (Steps, _packed, Groups, GroupStarts) = (steps, packed, groups, groupStarts);

    /// <summary>Steps of every output.</summary>
    public int Steps { get; }

    /// <summary>Bytes from one block of outputs to the next.</summary>
    public int BlockLength => Steps * Block * Quad;

    /// <summary>(blocks, steps, 16, 4).</summary>
    public Span<sbyte> Packed => MemoryMarshal.Cast<float, sbyte>(_packed.Span);

    /// <summary>The steps of every group, for each pair of blocks.</summary>
    public int[] Groups { get; }

    /// <summary>(pairs + 1): where each pair's groups start.</summary>
    public int[] GroupStarts { get; }

    /// <summary>Packs the weights of a convolution.</summary>
    /// <param name="weights">(outputs, inputs, cells), from −127 to 127.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="inner">Channels side by side in the input: 16, or 4.</param>
    /// <param name="cells">Cells of a kernel; steps go over blocks of inputs, then cells, then fours of channels.</param>
    public static QuantizedWeights Pack(ReadOnlySpan<sbyte> weights, int outputs, int inputs, int inner, int cells)
    {
        int blocks = (inputs + inner - 1) / inner, quads = inner / Quad, steps = blocks * cells * quads;
        int outputBlocks = (outputs + Block - 1) / Block;
        var buffer = new AlignedBuffer(checked(outputBlocks * steps * Block));
        Span<sbyte> packed = MemoryMarshal.Cast<float, sbyte>(buffer.Span);
        for (int oc = 0; oc < outputs; oc++)
            for (int ic = 0; ic < inputs; ic++)
                for (int cell = 0; cell < cells; cell++)
                {
                    int step = (ic / inner * cells + cell) * quads + ic % inner / Quad;
                    packed[((oc / Block * steps + step) * Block + oc % Block) * Quad + ic % Quad] = weights[(oc * inputs + ic) * cells + cell];
                }
        var groups = new List<int>();
        int[] starts = new int[(outputBlocks + 1) / 2 + 1];
        for (int pair = 0; pair < starts.Length - 1; pair++)
        {
            int first = 2 * pair * steps * Block * Quad;
            AddGroups(packed.Slice(first, Math.Min(2, outputBlocks - 2 * pair) * steps * Block * Quad), steps, groups);
            starts[pair + 1] = groups.Count;
        }
        return new QuantizedWeights(steps, buffer, [.. groups], starts);
    }

    /// <summary>Cuts the steps of a pair of blocks into groups as long as can be.</summary>
    private static void AddGroups(ReadOnlySpan<sbyte> weights, int steps, List<int> groups)
    {
        int sums = weights.Length / steps / 2, start = 0;
        int[] positive = new int[sums], negative = new int[sums];
        for (int step = 0; step < steps; step++)
            if (!Adds(weights, steps, step, positive, negative))
            {
                groups.Add(step - start);
                start = step;
                positive.AsSpan().Clear();
                negative.AsSpan().Clear();
                Adds(weights, steps, step, positive, negative);
            }
        groups.Add(steps - start);
    }

    /// <summary>Adds a step's weights to all sums; false if one is too large then.</summary>
    private static bool Adds(ReadOnlySpan<sbyte> weights, int steps, int step, int[] positive, int[] negative)
    {
        const int row = Block * Quad;
        bool fits = true;
        for (int block = 0; block < weights.Length / (steps * row); block++)
            for (int i = 0; i < row; i++)
            {
                int weight = weights[(block * steps + step) * row + i], sum = (block * row + i) / 2;
                positive[sum] += Math.Max(0, weight);
                negative[sum] -= Math.Min(0, weight);
                fits &= positive[sum] <= MaxSum && negative[sum] <= MaxSum;
            }
        return fits;
    }
}
