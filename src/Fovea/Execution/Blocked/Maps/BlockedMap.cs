using Fovea.Kernels.Blocked;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Where an activation of the whole batch lies: (N, blocks, H + 2 halo, W + 2 halo, inner). 16 channels of a pixel lie
/// side by side; only the network's own input, if it has fewer, is as wide as its channels. Vectors are maps of one
/// pixel. The halo is a frame of zeros that nobody writes, so that convolutions need no care at the edges. Channels that
/// fill up the last block hold anything finite, f(0) of an element-wise layer for instance, and so do their gradients: the
/// weights they meet are zero, sums and statistics keep to their channel, and what leaves a plan is read channel by channel.
/// </summary>
internal sealed class BlockedMap(Shape shape, int halo = 0, int inner = BlockedCorrelation.Block)
{
    public Shape Shape { get; } = shape;

    public int Inner { get; } = inner;

    public int Channels => Shape.Channels;

    public int Height => Shape.Height;

    public int Width => Shape.Width;

    public int Blocks => (Channels + Inner - 1) / Inner;

    /// <summary>Pixels of the frame.</summary>
    public int Halo { get; } = halo;

    /// <summary>Floats from one row of pixels to the next.</summary>
    public int Pitch => checked((Width + 2 * Halo) * Inner);

    /// <summary>Floats from one block of channels to the next.</summary>
    public int Plane => checked((Height + 2 * Halo) * Pitch);

    /// <summary>Floats from one sample to the next.</summary>
    public int SampleLength => checked(Blocks * Plane);

    /// <summary>Floats of a row of pixels, without the frame.</summary>
    public int RowLength => checked(Width * Inner);

    /// <summary>Rows of pixels of a sample, those of one block of channels after those of another.</summary>
    public int RowsOfSample => Blocks * Height;

    /// <summary>Where a sample's first pixel lies.</summary>
    public int Origin => Halo * Pitch + Halo * Inner;

    /// <summary>
    /// The activations; several maps that are not alive at once may share a buffer. Who shares depends on what operators do
    /// with gradients, so buffers come when all operators are there, which look for them only when they run.
    /// </summary>
    public AlignedBuffer Values { get; set; } = null!;

    /// <summary>The gradients, laid out as the activations; null where none are wanted.</summary>
    public AlignedBuffer? Gradients { get; set; }

    /// <summary>What buffers must have in common to be used in turn: all that decides where the frame lies.</summary>
    public (int, int, int, int, int) Geometry => (Blocks, Height, Width, Halo, Inner);

    /// <summary>One sample's first pixel.</summary>
    public unsafe float* Sample(int n) => Pointer(Values) + (nint)n * SampleLength + Origin;

    /// <summary>One sample's first pixel's gradient.</summary>
    public unsafe float* SampleGradient(int n) => Pointer(Gradients!) + (nint)n * SampleLength + Origin;

    /// <summary>The first pixel of one of the batch's rows.</summary>
    public unsafe float* Row(int row) => Sample(row / RowsOfSample) + OffsetOf(row % RowsOfSample);

    /// <summary>The first pixel's gradient of one of the batch's rows.</summary>
    public unsafe float* RowGradient(int row) => SampleGradient(row / RowsOfSample) + OffsetOf(row % RowsOfSample);

    private int OffsetOf(int row) => row / Height * Plane + row % Height * Pitch;

    /// <summary>Takes one sample apart into (C, H, W).</summary>
    public unsafe void Read(AlignedBuffer buffer, int n, Span<float> plain)
    {
        fixed (float* destination = plain)
            Read(buffer, n, destination, 0, Height);
    }

    /// <summary>Takes some rows of a sample apart, which as a whole is (C, H, W).</summary>
    public unsafe void Read(AlignedBuffer buffer, int n, float* plain, int row, int rows) =>
        BlockedLayout.ToPlain(
            Pointer(buffer) + (nint)n * SampleLength + Origin + row * Pitch, Plane, Pitch, Inner, Channels, rows, Width, plain + row * Width, Height * Width);

    /// <summary>Lays out one sample that is given as (C, H, W).</summary>
    public unsafe void Write(AlignedBuffer buffer, int n, ReadOnlySpan<float> plain)
    {
        fixed (float* source = plain)
            Write(buffer, n, source, 0, Height);
    }

    /// <summary>Lays out some rows of a sample, which as a whole is given as (C, H, W).</summary>
    public unsafe void Write(AlignedBuffer buffer, int n, float* plain, int row, int rows) =>
        BlockedLayout.FromPlain(
            plain + row * Width, Height * Width, Channels, rows, Width, Pointer(buffer) + (nint)n * SampleLength + Origin + row * Pitch, Plane, Pitch, Inner);

    /// <summary>Buffers are pinned for life, so their addresses hold.</summary>
    private static unsafe float* Pointer(AlignedBuffer buffer) =>
        (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(buffer.Span));
}
