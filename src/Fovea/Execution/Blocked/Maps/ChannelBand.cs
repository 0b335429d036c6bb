using Fovea.Kernels.Blocked;
using Fovea.Layers;

namespace Fovea.Execution.Blocked;

/// <summary>
/// A part of a convolution that is a product of whole blocks: outputs that read the same blocks of inputs. Without groups
/// there is one. Groups that do not fill their blocks share them; weights are zero between channels of different groups.
/// </summary>
/// <param name="Layer">The convolution.</param>
/// <param name="FirstInput">The first block of inputs.</param>
/// <param name="InputBlocks">How many there are.</param>
/// <param name="FirstOutput">The first block of outputs.</param>
/// <param name="OutputBlocks">How many there are.</param>
internal sealed record ChannelBand(Conv2d Layer, int FirstInput, int InputBlocks, int FirstOutput, int OutputBlocks)
{
    private const int Block = BlockedCorrelation.Block;

    /// <summary>The bands in which every block of outputs appears once, with all inputs that it reads.</summary>
    public static IReadOnlyList<ChannelBand> ByOutputs(Conv2d layer, BlockedMap input, BlockedMap output) => layer.Groups == 1
        ? [new(layer, 0, input.Blocks, 0, output.Blocks)]
        : [.. Cut(layer.OutChannels, layer.InChannels, layer.Groups).Select(cut => new ChannelBand(layer, cut.FirstOther, cut.Others, cut.First, cut.Count))];

    /// <summary>The bands in which every block of inputs appears once, with all outputs that read it.</summary>
    public static IReadOnlyList<ChannelBand> ByInputs(Conv2d layer, BlockedMap input, BlockedMap output) => layer.Groups == 1
        ? [new(layer, 0, input.Blocks, 0, output.Blocks)]
        : [.. Cut(layer.InChannels, layer.OutChannels, layer.Groups).Select(cut => new ChannelBand(layer, cut.First, cut.Count, cut.FirstOther, cut.Others))];

    /// <summary>Runs of blocks on one side of a convolution that meet the same blocks on the other.</summary>
    private static IEnumerable<(int First, int Count, int FirstOther, int Others)> Cut(int channels, int others, int groups)
    {
        int blocks = (channels + Block - 1) / Block, each = channels / groups, otherEach = others / groups;
        for (int first = 0, end; first < blocks; first = end)
        {
            (int First, int End) met = Met(first);
            for (end = first + 1; end < blocks && Met(end) == met; end++) { }
            yield return (first, end - first, met.First, met.End - met.First);
        }

        (int First, int End) Met(int block)
        {
            int group = block * Block / each, last = (Math.Min(channels, (block + 1) * Block) - 1) / each;
            return (group * otherEach / Block, ((last + 1) * otherEach + Block - 1) / Block);
        }
    }
}
