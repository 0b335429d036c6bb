using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fovea.Execution.Graph;
using Fovea.Kernels.Quantized;
using Fovea.Tensors;

namespace Fovea.Execution.Quantized;

/// <summary>
/// Where an activation of the whole batch lies as bytes: (N, blocks, H + 2 halo, W + 2 halo, inner), laid out as
/// <see cref="Blocked.BlockedMap"/>, with a frame of zero points, which nobody writes. Channels that fill up the last block hold
/// anything: the weights they meet are zero.
/// </summary>
internal sealed class QuantizedMap
{
    private readonly AlignedBuffer _values;

    /// <param name="shape">One sample's shape.</param>
    /// <param name="range">What the bytes mean.</param>
    /// <param name="halo">Pixels of the frame.</param>
    /// <param name="batch">The largest number of samples.</param>
    /// <param name="inner">Channels that lie side by side.</param>
    public QuantizedMap(Shape shape, ActivationRange range, int halo, int batch, int inner = QuantizedCorrelation.Block)
    {
        (Shape, Range, Halo, Inner) = (shape, range, halo, inner);
        _values = new AlignedBuffer((checked(SampleLength * batch) + sizeof(float) - 1) / sizeof(float));
        MemoryMarshal.AsBytes(_values.Span).Fill((byte)range.ZeroPoint);
    }

    public Shape Shape { get; }

    /// <summary>What the bytes mean.</summary>
    public ActivationRange Range { get; }

    /// <summary>Channels that lie side by side: 16, or 4 for a network's own input.</summary>
    public int Inner { get; }

    public int Height => Shape.Height;

    public int Width => Shape.Width;

    public int Blocks => (Shape.Channels + Inner - 1) / Inner;

    /// <summary>Pixels of the frame.</summary>
    public int Halo { get; }

    public int Pitch => checked((Width + 2 * Halo) * Inner);

    public int Plane => checked((Height + 2 * Halo) * Pitch);

    public int SampleLength => checked(Blocks * Plane);

    /// <summary>What an operator's result is clamped to in bytes: by the group that it ends, and by what bytes hold.</summary>
    public (float Lower, float Upper) Clamp(FusionGroup group) => (
        Math.Max(0, MathF.Round(group.Lower / Range.Scale) + Range.ZeroPoint),
        Math.Min(ActivationRange.Levels, MathF.Round(group.Upper / Range.Scale) + Range.ZeroPoint));

    /// <summary>The values that one sample's bytes stand for.</summary>
    public unsafe void Read(int n, Span<float> plain)
    {
        for (int c = 0; c < Shape.Channels; c++)
            for (int y = 0; y < Height; y++)
            {
                byte* row = Sample(n) + c / Inner * Plane + (nint)y * Pitch + c % Inner;
                for (int x = 0; x < Width; x++)
                    plain[(c * Height + y) * Width + x] = Range.Scale * (row[x * Inner] - Range.ZeroPoint);
            }
    }

    /// <summary>One sample's first pixel. The buffer is pinned for life.</summary>
    public unsafe byte* Sample(int n) =>
        (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_values.Span)) + (nint)n * SampleLength + Halo * Pitch + Halo * Inner;
}
