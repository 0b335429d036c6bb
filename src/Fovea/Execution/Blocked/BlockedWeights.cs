using Fovea.Kernels.Blocked;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Weights of a convolution without groups as <see cref="BlockedCorrelation"/> wants them: (outputs / 16, inputs / inner,
/// kernel cells, inner, 16); places past the last channel are zero.
/// </summary>
internal static class BlockedWeights
{
    private const int Block = BlockedCorrelation.Block;

    public static int Length(int outputs, int inputs, int inner, int cells) =>
        checked((outputs + Block - 1) / Block * ((inputs + inner - 1) / inner) * cells * inner * Block);

    /// <summary>Packs one block of 16 outputs.</summary>
    /// <param name="weights">(outputs, inputs, cells), as PyTorch has them.</param>
    /// <param name="outputBlock">The block.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="inner">Channels side by side in the input.</param>
    /// <param name="cells">Cells of a kernel.</param>
    /// <param name="scales">(outputs): what every output's weights are multiplied with.</param>
    /// <param name="packed">(blocks, …), the block's part of it is overwritten.</param>
    public static void Pack(
        ReadOnlySpan<float> weights, int outputBlock, int outputs, int inputs, int inner, int cells, ReadOnlySpan<float> scales, Span<float> packed)
    {
        int length = (inputs + inner - 1) / inner * cells * inner * Block, first = outputBlock * Block, lanes = Math.Min(Block, outputs - first);
        Span<float> target = packed.Slice(outputBlock * length, length);
        if (lanes < Block || inputs % inner != 0)
            target.Clear();
        // A block of inputs stays in the first cache while all its lanes are filled.
        for (int ic = 0; ic < inputs; ic += inner, target = target[(cells * inner * Block)..])
            for (int lane = 0; lane < lanes; lane++)
            {
                float scale = scales[first + lane];
                int channels = Math.Min(inner, inputs - ic);
                ReadOnlySpan<float> row = weights.Slice(((first + lane) * inputs + ic) * cells, channels * cells);
                for (int c = 0, from = 0; c < channels; c++)
                    for (int cell = 0, place = c * Block + lane; cell < cells; cell++, place += inner * Block)
                        target[place] = row[from++] * scale;
            }
    }

    /// <summary>
    /// Weights as the gradient of the inputs wants them, in and out having changed places: one block of 16 inputs, (outputs
    /// / 16, cells, 16 outputs, 16 inputs). <paramref name="chosen"/> says which cells of the kernel, in which order.
    /// </summary>
    public static void PackTurned(ReadOnlySpan<float> weights, int inputBlock, int outputs, int inputs, int[] chosen, int cells, Span<float> packed)
    {
        int first = inputBlock * Block, lanes = Math.Min(Block, inputs - first);
        if (lanes < Block || outputs % Block != 0)
            packed.Clear();
        for (int oc = 0; oc < outputs; oc++)
        {
            ReadOnlySpan<float> source = weights.Slice((oc * inputs + first) * cells, lanes * cells);
            for (int i = 0; i < chosen.Length; i++)
            {
                Span<float> target = packed.Slice(((oc / Block * chosen.Length + i) * Block + oc % Block) * Block, lanes);
                for (int lane = 0, place = chosen[i]; lane < lanes; lane++, place += cells)
                    target[lane] = source[place];
            }
        }
    }

    /// <summary>Sums over one block of outputs back in PyTorch's order: (places, 16), places being (inputs / inner, cells, inner).</summary>
    /// <param name="sums">Of some places.</param>
    /// <param name="first">The first of them, the first channel of a cell.</param>
    /// <param name="count">How many, whole cells.</param>
    /// <param name="outputBlock">The block of outputs.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="inner">Channels side by side in the input.</param>
    /// <param name="cells">Cells of a kernel.</param>
    /// <param name="gradient">(outputs, inputs, cells); overwritten where the places belong.</param>
    public static void Unpack(
        ReadOnlySpan<float> sums, int first, int count, int outputBlock, int outputs, int inputs, int inner, int cells, Span<float> gradient)
    {
        int lanes = Math.Min(Block, outputs - outputBlock * Block), row = inputs * cells;
        for (int lane = 0; lane < lanes; lane++)
            for (int unit = first / inner, from = lane; unit < (first + count) / inner; unit++)
            {
                int channel = unit / cells * inner, at = (outputBlock * Block + lane) * row + channel * cells + unit % cells;
                for (int c = 0; c < inner; c++, from += Block, at += cells)
                    if (channel + c < inputs)
                        gradient[at] = sums[from];
            }
    }
}
