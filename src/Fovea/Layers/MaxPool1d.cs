using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>The largest element of every window, channel by channel: (C, L) to (C, L').</summary>
public sealed record MaxPool1d : Layer
{
    private readonly MaxPool2d _maps;

    /// <summary>Describes a max pooling of sequences.</summary>
    /// <param name="kernelSize">Length of the window.</param>
    /// <param name="stride">Step between windows; the window's length unless given.</param>
    /// <param name="padding">Border before (left) and after (right) that never wins.</param>
    /// <param name="dilation">Step between cells of the window.</param>
    /// <param name="ceil">Whether a last window that overhangs the end counts.</param>
    /// <exception cref="ArgumentException">A number is out of range; padding may be half the window at most.</exception>
    public MaxPool1d(int kernelSize, int? stride = null, Padding padding = default, int dilation = 1, bool ceil = false)
    {
        Sequences.RequirePositive("MaxPool1d", ("kernelSize", kernelSize), ("stride", stride ?? kernelSize), ("dilation", dilation));
        Padding = padding.RequireNonNegative("MaxPool1d");
        Sequences.RequireHalf("MaxPool1d", padding, kernelSize);
        _maps = new MaxPool2d((1, kernelSize), (1, stride ?? kernelSize), Sequences.Pad(padding), (1, dilation), ceil);
    }

    /// <summary>Length of the window.</summary>
    public int KernelSize => _maps.KernelSize.Width;

    /// <summary>Step between windows.</summary>
    public int Stride => _maps.Stride.Width;

    /// <summary>Border before (left) and after (right) that never wins.</summary>
    public Padding Padding { get; }

    /// <summary>Step between cells of the window.</summary>
    public int Dilation => _maps.Dilation.Width;

    /// <summary>Whether a last window that overhangs the end counts.</summary>
    public bool Ceil => _maps.Ceil;

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs) => Sequences.OutputShape("MaxPool1d", _maps, RequireSequence(inputs[0]));

    internal override Layer Lowered => _maps;
}
