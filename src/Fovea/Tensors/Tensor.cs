namespace Fovea.Tensors;

/// <summary>32-bit floats in row-major order with a shape. Nothing to dispose.</summary>
public sealed class Tensor
{
    private readonly AlignedBuffer _buffer;
    private long _version;

    /// <summary>A tensor of zeros.</summary>
    public Tensor(Shape shape)
    {
        Shape = shape;
        _buffer = new AlignedBuffer(shape.Length);
    }

    /// <summary>A tensor with a copy of the given values, in row-major order.</summary>
    /// <exception cref="ArgumentException">The number of values is not the shape's length.</exception>
    public Tensor(Shape shape, ReadOnlySpan<float> values)
        : this(shape)
    {
        if (values.Length != shape.Length)
            throw new ArgumentException($"a tensor of shape {shape} holds {shape.Length} values, got {values.Length}", nameof(values));
        values.CopyTo(Span);
    }

    /// <summary>The sizes of the dimensions.</summary>
    public Shape Shape { get; }

    /// <summary>How many elements there are.</summary>
    public int Length => Shape.Length;

    /// <summary>The elements in row-major order, for reading.</summary>
    public ReadOnlySpan<float> Values => _buffer.Span;

    /// <summary>
    /// The elements in row-major order, for writing. Asking for it counts as a change: plans that hold a copy of a parameter in
    /// a form of their own make it again before their next run. So ask again for every change that runs come between.
    /// </summary>
    public Span<float> Span
    {
        get
        {
            Interlocked.Increment(ref _version);
            return _buffer.Span;
        }
    }

    /// <summary>The elements in row-major order, for reading, as memory that can be stored.</summary>
    public ReadOnlyMemory<float> Memory => _buffer.Memory;

    /// <summary>Grows with every change.</summary>
    internal long Version => Volatile.Read(ref _version);

    /// <summary>A tensor of the same shape and values, sharing nothing with this one.</summary>
    public Tensor Clone() => new(Shape, Values);

    /// <inheritdoc/>
    public override string ToString() => $"Tensor{Shape}";
}
