using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>The mean of every window, channel by channel: (C, L) to (C, L').</summary>
public sealed record AvgPool1d : Layer
{
    private readonly AvgPool2d _maps;

    /// <summary>Describes a mean pooling of sequences.</summary>
    /// <param name="kernelSize">Length of the window.</param>
    /// <param name="stride">Step between windows; the window's length unless given.</param>
    /// <param name="padding">Zeros before (left) and after (right) the input.</param>
    /// <param name="ceil">Whether a last window that overhangs the end counts.</param>
    /// <param name="countIncludePad">Whether the mean counts the padding.</param>
    /// <exception cref="ArgumentException">A number is out of range; padding may be half the window at most.</exception>
    public AvgPool1d(int kernelSize, int? stride = null, Padding padding = default, bool ceil = false, bool countIncludePad = true)
    {
        Sequences.RequirePositive("AvgPool1d", ("kernelSize", kernelSize), ("stride", stride ?? kernelSize));
        Padding = padding.RequireNonNegative("AvgPool1d");
        Sequences.RequireHalf("AvgPool1d", padding, kernelSize);
        _maps = new AvgPool2d((1, kernelSize), (1, stride ?? kernelSize), Sequences.Pad(padding), ceil, countIncludePad);
    }

    /// <summary>Length of the window.</summary>
    public int KernelSize => _maps.KernelSize.Width;

    /// <summary>Step between windows.</summary>
    public int Stride => _maps.Stride.Width;

    /// <summary>Zeros before (left) and after (right) the input.</summary>
    public Padding Padding { get; }

    /// <summary>Whether a last window that overhangs the end counts.</summary>
    public bool Ceil => _maps.Ceil;

    /// <summary>Whether the mean counts the padding.</summary>
    public bool CountIncludePad => _maps.CountIncludePad;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Sequences.OutputShape("AvgPool1d", _maps, RequireSequence(inputs[0]));

    internal override Layer Lowered => _maps;
}
