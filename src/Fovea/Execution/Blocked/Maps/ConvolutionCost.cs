using Fovea.Kernels;
using Fovea.Kernels.Blocked;
using Fovea.Layers;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// What a convolution costs one core, by a simple model: products at the kernels' rate, the transforms of Winograd's
/// tiles, and the weights' way from memory, which hides behind nothing. It decides which way a convolution is computed,
/// so it must not depend on a measurement: another choice gives other last digits. Its constants are those of a server
/// core with 512-bit vectors; what it compares scales alike elsewhere.
/// </summary>
internal static class ConvolutionCost
{
    /// <summary>Nanoseconds of a multiply-add in the direct product, and in the smaller products of the transformed tiles.</summary>
    private const double Direct = 2 / 125.0, Transformed = 2 / 135.0;

    /// <summary>Nanoseconds for a float of weights to come from memory.</summary>
    private const double Weight = 4 / 10.0;

    /// <summary>Nanoseconds for the transform of one tile of one block, there or back, for each of its positions.</summary>
    private const double Position = 6;

    /// <summary>The tile that Winograd's transform should use for a layer, 2 or 4; 0 if the direct product costs less or the layer is of another kind.</summary>
    /// <param name="layer">The convolution.</param>
    /// <param name="input">The shape of its input.</param>
    /// <param name="options">How the plan is to run: whether the transform may be used at all, and for how many samples.</param>
    public static int Tile(Conv2d layer, Shape input, PlanOptions options)
    {
        if (!options.Winograd || layer is not { KernelSize: { Height: 3, Width: 3 }, Stride: { Height: 1, Width: 1 }, Dilation: { Height: 1, Width: 1 }, Groups: 1, Connections: null }
            || layer.InChannels < 2 * BlockedCorrelation.Block || layer.OutChannels < 2 * BlockedCorrelation.Block)
            return 0;
        Window window = layer.WindowFor(input);
        int batch = options.Batch;
        double direct = Direct * batch * layer.MultiplyAdds(input) + Weight * layer.InChannels * layer.OutChannels * window.KernelArea;
        double two = Winograd(Size(2)), four = Winograd(Size(4));
        return direct <= Math.Min(two, four) ? 0 : two < four ? 2 : 4;

        WinogradSize Size(int tile) => new(
            tile, batch, window.OutputHeight, window.OutputWidth, Blocks(layer.InChannels), Blocks(layer.OutChannels));
    }

    /// <summary>
    /// As <see cref="Tile"/> for training, where weights are transformed in every step, there and back: that pays only
    /// where there are more tiles than weights to an output. They would take four times the weights' memory, too.
    /// </summary>
    public static int TrainingTile(Conv2d layer, Shape input, PlanOptions options)
    {
        const int tilesABlock = 4;
        int tile = Tile(layer, input, options);
        Window window = layer.WindowFor(input);
        return tile > 0 && options.Batch * window.OutputArea / (tile * tile) >= tilesABlock * Math.Max(layer.InChannels, layer.OutChannels) / BlockedCorrelation.Block ? tile : 0;
    }

    private static int Blocks(int channels) => (channels + BlockedCorrelation.Block - 1) / BlockedCorrelation.Block;

    private static double Winograd(WinogradSize size) =>
        (double)size.WeightLength * (Transformed * WinogradChunk.RoomFor(size.Tiles) + Weight)
        + Position * size.Positions * size.Tiles * (size.InputBlocks + size.OutputBlocks);
}
