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
    /// <param name="scales">(outputs, filled up to whole blocks): what every output's weights are multiplied with.</param>
    /// <param name="packed">(blocks, …), the block's part of it is overwritten.</param>
    public static unsafe void Pack(
        ReadOnlySpan<float> weights, int outputBlock, int outputs, int inputs, int inner, int cells, ReadOnlySpan<float> scales, Span<float> packed)
    {
        int length = (inputs + inner - 1) / inner * cells * inner * Block, first = outputBlock * Block, lanes = Math.Min(Block, outputs - first);
        Span<float> target = packed.Slice(outputBlock * length, length);
        if (lanes < Block || inputs % inner != 0)
            target.Clear();
        fixed (float* source = weights, scale = scales.Slice(first, Block), place = target)
            for (int ic = 0; ic < inputs; ic += inner)
                WeightLayout.ToLanes(
                    source + ((nint)first * inputs + ic) * cells, inputs * cells, lanes, Math.Min(inner, inputs - ic), cells, scale, place + ic * cells * Block, inner);
    }

    /// <summary>
    /// Weights as the gradient of the inputs wants them, in and out having changed places: one block of 16 inputs, (outputs
    /// / 16, cells, 16 outputs, 16 inputs). <paramref name="chosen"/> says which cells of the kernel, in which order.
    /// </summary>
    public static unsafe void PackTurned(ReadOnlySpan<float> weights, int inputBlock, int outputs, int inputs, int[] chosen, int cells, Span<float> packed)
    {
        int first = inputBlock * Block, lanes = Math.Min(Block, inputs - first);
        if (chosen.Length == 0)
            return;
        if (lanes < Block || outputs % Block != 0)
            packed.Clear();
        fixed (float* source = weights, place = packed)
            for (int oc = 0; oc < outputs; oc++)
                WeightLayout.ToInputLanes(
                    source + ((nint)oc * inputs + first) * cells, lanes, cells, chosen, place + ((nint)(oc / Block * chosen.Length) * Block + oc % Block) * Block, Block * Block);
    }

    /// <summary>Sums over one block of outputs back in PyTorch's order: (inputs / inner, cells, inner, 16).</summary>
    /// <param name="sums">Of the inputs from <paramref name="input"/> on.</param>
    /// <param name="input">The first input, a multiple of <paramref name="inner"/>.</param>
    /// <param name="outputBlock">The block of outputs.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="inner">Channels side by side in the input.</param>
    /// <param name="cells">Cells of a kernel.</param>
    /// <param name="gradient">(outputs, inputs, cells); overwritten where the sums belong.</param>
    public static unsafe void Unpack(
        ReadOnlySpan<float> sums, int input, int outputBlock, int outputs, int inputs, int inner, int cells, Span<float> gradient)
    {
        int first = outputBlock * Block, lanes = Math.Min(Block, outputs - first), unit = inner * cells * Block;
        fixed (float* source = sums, target = gradient)
            for (int from = 0, ic = input; from < sums.Length; from += unit, ic += inner)
                WeightLayout.FromLanes(
                    source + from, inner, lanes, Math.Min(inner, inputs - ic), cells, target + ((nint)first * inputs + ic) * cells, inputs * cells);
    }
}
