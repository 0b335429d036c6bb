using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fovea.Execution.Graph;
using Fovea.Kernels.Blocked;
using Fovea.Kernels.Quantized;
using Fovea.Tensors;

namespace Fovea.Execution.Blocked;

/// <summary>
/// Where an activation of the whole batch lies: (N, blocks, H + 2 halo, W + 2 halo, inner). 16 channels of a pixel lie
/// side by side; only the network's own input, if it has fewer, is as wide as its channels. Vectors are maps of one
/// pixel. The halo is a frame of zeros that nobody writes, so that convolutions need no care at the edges. Channels that
/// fill up the last block hold anything finite, f(0) of an element-wise layer for instance, and so do their gradients: the
/// weights they meet are zero, sums and statistics keep to their channel, and what leaves a plan is read channel by channel.
/// Elements are floats or, if there is a range that says what they mean, bytes: then the frame holds zero points.
/// </summary>
internal sealed class BlockedMap(Shape shape, int halo = 0, int inner = BlockedCorrelation.Block, ActivationRange? range = null)
{
    public Shape Shape { get; } = shape;

    /// <summary>Channels that lie side by side: 16, fewer for a network's own input.</summary>
    public int Inner { get; } = inner;

    /// <summary>Whether elements are bytes.</summary>
    public bool IsBytes { get; } = range is not null;

    /// <summary>What the bytes mean.</summary>
    public ActivationRange Range { get; } = range ?? default;

    public int Channels => Shape.Channels;

    public int Height => Shape.Height;

    public int Width => Shape.Width;

    public int Blocks => (Channels + Inner - 1) / Inner;

    /// <summary>Pixels of the frame.</summary>
    public int Halo { get; } = halo;

    /// <summary>Elements from one row of pixels to the next.</summary>
    public int Pitch => checked((Width + 2 * Halo) * Inner);

    /// <summary>Elements from one block of channels to the next.</summary>
    public int Plane => checked((Height + 2 * Halo) * Pitch);

    /// <summary>Elements from one sample to the next.</summary>
    public int SampleLength => checked(Blocks * Plane);

    /// <summary>Elements of a row of pixels, without the frame.</summary>
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
    public (int, int, int, int, int, int) Geometry => (Blocks, Height, Width, Halo, Inner, IsBytes ? Range.ZeroPoint : -1);

    /// <summary>A buffer for so many samples, with the frame in it.</summary>
    public AlignedBuffer NewBuffer(int batch)
    {
        int length = checked(SampleLength * batch);
        if (!IsBytes)
            return new AlignedBuffer(length);
        var buffer = new AlignedBuffer(checked(length + sizeof(float) - 1) / sizeof(float));
        MemoryMarshal.AsBytes(buffer.Span).Fill((byte)Range.ZeroPoint);
        return buffer;
    }

    /// <summary>What a group's result is clamped to in bytes: by the group, and by what bytes hold.</summary>
    public (float Lower, float Upper) ClampOf(FusionGroup group) => (
        Math.Max(0, MathF.Round(group.Lower / Range.Scale) + Range.ZeroPoint),
        Math.Min(ActivationRange.Levels, MathF.Round(group.Upper / Range.Scale) + Range.ZeroPoint));

    /// <summary>One sample's first pixel, of bytes.</summary>
    public unsafe byte* Bytes(int n) => (byte*)Pointer(Values) + (nint)n * SampleLength + Origin;

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

    /// <summary>Takes some rows of a sample apart, which as a whole is (C, H, W): floats, or what bytes stand for.</summary>
    public unsafe void Read(AlignedBuffer buffer, int n, float* plain, int row, int rows)
    {
        if (!IsBytes)
        {
            BlockedLayout.ToPlain(
                Pointer(buffer) + (nint)n * SampleLength + Origin + row * Pitch, Plane, Pitch, Inner, Channels, rows, Width, plain + row * Width, Height * Width);
            return;
        }
        for (int c = 0; c < Channels; c++)
            for (int y = row; y < row + rows; y++)
            {
                byte* from = Bytes(n) + c / Inner * Plane + (nint)y * Pitch + c % Inner;
                for (int x = 0; x < Width; x++)
                    plain[((nint)c * Height + y) * Width + x] = Range.Scale * (from[x * Inner] - Range.ZeroPoint);
            }
    }

    /// <summary>Lays out one sample that is given as (C, H, W).</summary>
    public unsafe void Write(AlignedBuffer buffer, int n, ReadOnlySpan<float> plain)
    {
        fixed (float* source = plain)
            Write(buffer, n, source, 0, Height);
    }

    /// <summary>Lays out some rows of a sample, which as a whole is given as (C, H, W), rounded if elements are bytes.</summary>
    public unsafe void Write(AlignedBuffer buffer, int n, float* plain, int row, int rows)
    {
        const int quad = QuantizedCorrelation.Quad;
        if (!IsBytes)
        {
            BlockedLayout.FromPlain(
                plain + row * Width, Height * Width, Channels, rows, Width, Pointer(buffer) + (nint)n * SampleLength + Origin + row * Pitch, Plane, Pitch, Inner);
            return;
        }
        for (int c = 0; c < Blocks * Inner; c += quad)
            for (int y = row; y < row + rows; y++)
                QuantizedRows.FromPlanes(
                    plain + ((nint)c * Height + y) * Width, Height * Width, Math.Clamp(Channels - c, 0, quad), Width, 1 / Range.Scale, Range.ZeroPoint,
                    Bytes(n) + c / Inner * Plane + (nint)y * Pitch + c % Inner, Inner);
    }

    /// <summary>Buffers are pinned for life, so their addresses hold.</summary>
    private static unsafe float* Pointer(AlignedBuffer buffer) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.Span));
}
