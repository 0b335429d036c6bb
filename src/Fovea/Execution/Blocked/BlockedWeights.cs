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

    /// <param name="weights">(outputs, inputs, cells), as PyTorch has them.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="inner">Channels side by side in the input.</param>
    /// <param name="cells">Cells of a kernel.</param>
    /// <param name="scales">(outputs): what every output's weights are multiplied with.</param>
    /// <param name="packed">Overwritten.</param>
    public static void Pack(ReadOnlySpan<float> weights, int outputs, int inputs, int inner, int cells, ReadOnlySpan<float> scales, Span<float> packed)
    {
        packed.Clear();
        int blocks = (inputs + inner - 1) / inner;
        for (int oc = 0; oc < outputs; oc++)
        {
            float scale = scales[oc];
            ReadOnlySpan<float> row = weights.Slice(oc * inputs * cells, inputs * cells);
            Span<float> block = packed[(oc / Block * blocks * cells * inner * Block)..];
            for (int ic = 0; ic < inputs; ic++)
                for (int cell = 0; cell < cells; cell++)
                    block[((ic / inner * cells + cell) * inner + ic % inner) * Block + oc % Block] = row[ic * cells + cell] * scale;
        }
    }
}
