using Fovea.Kernels;
using Fovea.Kernels.Blocked;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Where a kernel's cells lie in an input map, relative to the pixel that the output's pixel stands on. A tap is a cell
/// in one block of channels; in a map that is as wide as its channels, a whole row of the kernel is one tap, since its
/// numbers lie side by side.
/// </summary>
internal sealed record BlockedTaps(int[] Offsets, int Inner)
{
    /// <summary>The frame that the window needs around its input.</summary>
    public static int Halo(Window w) => Math.Max(
        Math.Max(w.PadTop, w.PadLeft),
        Math.Max(
            (w.OutputHeight - 1) * w.StrideHeight + w.SpanHeight - w.PadTop - w.InputHeight,
            (w.OutputWidth - 1) * w.StrideWidth + w.SpanWidth - w.PadLeft - w.InputWidth));

    /// <summary>The taps of some blocks of a convolution's input, all of which are read, in the order of <see cref="BlockedWeights"/>.</summary>
    public static BlockedTaps Forward(Window w, BlockedMap input, int blocks)
    {
        bool wholeRows = input.Blocks == 1 && input.Inner == input.Channels && w.DilationWidth == 1;
        var offsets = new List<int>();
        for (int block = 0; block < blocks; block++)
            for (int kh = 0; kh < w.KernelHeight; kh++)
                for (int kw = 0; kw < (wholeRows ? 1 : w.KernelWidth); kw++)
                    offsets.Add(block * input.Plane + (kh * w.DilationHeight - w.PadTop) * input.Pitch + (kw * w.DilationWidth - w.PadLeft) * input.Inner);
        return new BlockedTaps([.. offsets], wholeRows ? w.KernelWidth * input.Inner : input.Inner);
    }

    /// <summary>The cells of a kernel in one block of channels whose rows are <paramref name="pitch"/> floats apart.</summary>
    public static int[] OfBlock(Window w, int pitch) =>
    [
        .. from kh in Enumerable.Range(0, w.KernelHeight)
           from kw in Enumerable.Range(0, w.KernelWidth)
           select (kh * w.DilationHeight - w.PadTop) * pitch + (kw * w.DilationWidth - w.PadLeft) * BlockedCorrelation.Block,
    ];
}
