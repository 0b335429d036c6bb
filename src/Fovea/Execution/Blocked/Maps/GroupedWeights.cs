using Fovea.Kernels.Blocked;
using Fovea.Layers;

namespace Fovea.Execution.Blocked;

/// <summary>
/// As <see cref="BlockedWeights"/> for a <see cref="ChannelBand"/> of a convolution with groups: weights between channels of
/// different groups are zero. Such layers have few weights, so they are moved one by one.
/// </summary>
internal static class GroupedWeights
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>Packs one block of 16 outputs.</summary>
    /// <param name="weights">(outputs, inputs / groups, cells), as PyTorch has them.</param>
    /// <param name="band">The inputs that the block reads.</param>
    /// <param name="outputBlock">The block, counted from the convolution's first.</param>
    /// <param name="inner">Channels side by side in the input.</param>
    /// <param name="scales">(outputs, filled up to whole blocks): what every output's weights are multiplied with.</param>
    /// <param name="packed">(input blocks, cells, inner, 16), overwritten.</param>
    public static void Pack(ReadOnlySpan<float> weights, ChannelBand band, int outputBlock, int inner, ReadOnlySpan<float> scales, Span<float> packed)
    {
        (int inputs, int outputs, int cells) = Sizes(band.Layer);
        packed.Clear();
        for (int oc = outputBlock * Block; oc < Math.Min((outputBlock + 1) * Block, band.Layer.OutChannels); oc++)
            for (int i = 0; i < inputs; i++)
            {
                int input = oc / outputs * inputs + i - band.FirstInput * Block;
                for (int cell = 0; cell < cells; cell++)
                    packed[((input / inner * cells + cell) * inner + input % inner) * Block + oc % Block] = weights[(oc * inputs + i) * cells + cell] * scales[oc];
            }
    }

    /// <summary>Packs one block of 16 inputs as the gradient of the inputs wants it, in and out having changed places.</summary>
    /// <param name="weights">(outputs, inputs / groups, cells), as PyTorch has them.</param>
    /// <param name="band">The outputs that read the block.</param>
    /// <param name="inputBlock">The block, counted from the convolution's first.</param>
    /// <param name="chosen">Which cells of the kernel, in which order.</param>
    /// <param name="packed">(output blocks, chosen, 16 outputs, 16 inputs), overwritten.</param>
    public static void PackTurned(ReadOnlySpan<float> weights, ChannelBand band, int inputBlock, int[] chosen, Span<float> packed)
    {
        (int inputs, int outputs, int cells) = Sizes(band.Layer);
        packed.Clear();
        for (int ic = inputBlock * Block; ic < Math.Min((inputBlock + 1) * Block, band.Layer.InChannels); ic++)
            for (int o = 0; o < outputs; o++)
            {
                int oc = ic / inputs * outputs + o, output = oc - band.FirstOutput * Block;
                for (int i = 0; i < chosen.Length; i++)
                    packed[((output / Block * chosen.Length + i) * Block + output % Block) * Block + ic % Block] = weights[(oc * inputs + ic % inputs) * cells + chosen[i]];
            }
    }

    /// <summary>Sums over one block of outputs back in PyTorch's order.</summary>
    /// <param name="sums">(inputs / inner, cells, inner, 16) of the band's inputs from <paramref name="first"/> on.</param>
    /// <param name="first">The first input, counted from the band's first, a multiple of <paramref name="inner"/>.</param>
    /// <param name="band">The inputs that the block reads.</param>
    /// <param name="outputBlock">The block, counted from the convolution's first.</param>
    /// <param name="inner">Channels side by side in the input.</param>
    /// <param name="gradient">(outputs, inputs / groups, cells); overwritten where the sums belong.</param>
    public static void Unpack(ReadOnlySpan<float> sums, int first, ChannelBand band, int outputBlock, int inner, Span<float> gradient)
    {
        (int inputs, int outputs, int cells) = Sizes(band.Layer);
        int end = sums.Length / (cells * Block);
        for (int oc = outputBlock * Block; oc < Math.Min((outputBlock + 1) * Block, band.Layer.OutChannels); oc++)
            for (int i = 0; i < inputs; i++)
            {
                int input = oc / outputs * inputs + i - band.FirstInput * Block - first;
                for (int cell = 0; cell < cells && input >= 0 && input < end; cell++)
                    gradient[(oc * inputs + i) * cells + cell] = sums[((input / inner * cells + cell) * inner + input % inner) * Block + oc % Block];
            }
    }

    /// <summary>A group's channels, and the cells of a kernel.</summary>
    private static (int Inputs, int Outputs, int Cells) Sizes(Conv2d layer) =>
        (layer.InChannels / layer.Groups, layer.OutChannels / layer.Groups, layer.KernelSize.Height * layer.KernelSize.Width);
}
