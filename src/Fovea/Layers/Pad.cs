using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// A frame around a sample, of any rank: dimension i grows by before[i] + after[i] elements, as PyTorch's
/// <c>functional.pad</c> (which names the dimensions from the last) and ONNX's <c>Pad</c>. (C, H, W) to (C, H', W') where
/// only H and W get a frame. Backward, an element that is shown several times gets the sum of their gradients.
/// </summary>
public sealed record Pad : Layer
{
    private readonly int[] _before;
    private readonly int[] _after;

    /// <summary>Describes a frame.</summary>
    /// <param name="before">For every dimension of a sample, how many elements come before its first.</param>
    /// <param name="after">For every dimension of a sample, how many come after its last.</param>
    /// <param name="mode">What the frame shows.</param>
    /// <param name="value">What it holds if it is constant.</param>
    /// <exception cref="ArgumentException">The lists differ in length or have more than six numbers, one is negative, or the value is not finite.</exception>
    public Pad(ReadOnlySpan<int> before, ReadOnlySpan<int> after, PadMode mode = PadMode.Constant, double value = 0)
    {
        _before = before.ToArray();
        _after = after.ToArray();
        if (_before.Length != _after.Length || _before.Length > Shape.MaxSampleRank)
            throw new ArgumentException($"Pad: before and after must each have one number a dimension, at most {Shape.MaxSampleRank}, got ({string.Join(", ", _before)}) and ({string.Join(", ", _after)})");
        if (_before.Concat(_after).Any(elements => elements < 0))
            throw new ArgumentException($"Pad: before and after must not be negative, got ({string.Join(", ", _before)}) and ({string.Join(", ", _after)})");
        if (!Enum.IsDefined(mode))
            throw new ArgumentException($"Pad: mode must be one of {string.Join(", ", Enum.GetNames<PadMode>())}, got {mode}");
        Mode = mode;
        Value = Guard.Finite(value, "Pad: value");
    }

    /// <summary>For every dimension, how many elements come before its first.</summary>
    public IReadOnlyList<int> Before => Array.AsReadOnly(_before);

    /// <summary>For every dimension, how many elements come after its last.</summary>
    public IReadOnlyList<int> After => Array.AsReadOnly(_after);

    /// <summary>What the frame shows.</summary>
    public PadMode Mode { get; }

    /// <summary>What the frame holds if it is constant.</summary>
    public double Value { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        if (input.Rank != _before.Length)
            throw new ShapeException($"Pad: before and after have numbers for {_before.Length} dimensions, got {input}");
        int[] sizes = new int[input.Rank];
        for (int i = 0; i < input.Rank; i++)
        {
            if (Mode == PadMode.Reflect && Math.Max(_before[i], _after[i]) >= input[i])
                throw new ShapeException($"Pad: reflecting adds fewer elements than there are on either side, got {_before[i]} before and {_after[i]} after dimension {i} of {input}");
            long size = (long)_before[i] + input[i] + _after[i];
            sizes[i] = size <= int.MaxValue ? (int)size : throw new ShapeException($"Pad: dimension {i} of {input} would have {size} elements");
        }
        return new Shape(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Pad? other) =>
        other is not null && Mode == other.Mode && Value.Equals(other.Value) && _before.AsSpan().SequenceEqual(other._before) && _after.AsSpan().SequenceEqual(other._after);

    /// <inheritdoc/>
    public override int GetHashCode() => _before.Concat(_after).Aggregate(HashCode.Combine(Mode, Value), HashCode.Combine);
}
