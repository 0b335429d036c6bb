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
internal sealed class QuantizedMap(Shape shape, ActivationRange range, int inner = QuantizedCorrelation.Block)
{
    private AlignedBuffer _values = null!;

    public Shape Shape { get; } = shape;

    /// <summary>What the bytes mean.</summary>
    public ActivationRange Range { get; } = range;

    /// <summary>Channels that lie side by side: 16, or 4 for a network's own input.</summary>
    public int Inner { get; } = inner;

    public int Height => Shape.Height;

    public int Width => Shape.Width;

    public int Blocks => (Shape.Channels + Inner - 1) / Inner;

    /// <summary>Pixels of the frame; grows while operators state their wishes.</summary>
    public int Halo { get; private set; }

    public int Pitch => checked((Width + 2 * Halo) * Inner);

    public int Plane => checked((Height + 2 * Halo) * Pitch);

    public int SampleLength => checked(Blocks * Plane);

    /// <summary>Asks for a frame of at least this many pixels.</summary>
    public void RequireHalo(int pixels) => Halo = Math.Max(Halo, pixels);

    /// <summary>Gives the map its memory, once its frame is known.</summary>
    public void Allocate(int batch)
    {
        _values = new AlignedBuffer((checked(SampleLength * batch) + sizeof(float) - 1) / sizeof(float));
        MemoryMarshal.AsBytes(_values.Span).Fill((byte)Range.ZeroPoint);
    }

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
