using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>
/// A sample's dimensions in another order, as PyTorch's <c>permute</c> and ONNX's <c>Transpose</c>: dimension i of the
/// output is dimension order[i] of the input, so that order (2, 0, 1) makes (W, C, H) of (C, H, W). The batch is not
/// counted. Any rank up to six.
/// </summary>
public sealed record Transpose : Layer
{
    private readonly int[] _order;

    /// <summary>Describes an order of dimensions.</summary>
    /// <param name="order">For every dimension of the output the input's, each once; negative ones count from the end.</param>
    /// <exception cref="ArgumentException">A dimension is missing or given twice, or there are more than six.</exception>
    public Transpose(params ReadOnlySpan<int> order)
    {
        _order = order.ToArray();
        int rank = _order.Length;
        for (int i = 0; i < rank; i++)
            _order[i] += _order[i] < 0 ? rank : 0;
        if (rank > Shape.MaxSampleRank)
            throw new ArgumentException($"Transpose: order has at most {Shape.MaxSampleRank} dimensions, got ({string.Join(", ", order.ToArray())})");
        if (!_order.Order().SequenceEqual(Enumerable.Range(0, rank)))
            throw new ArgumentException($"Transpose: order must hold each dimension from 0 to {rank - 1} once, got ({string.Join(", ", order.ToArray())})");
    }

    /// <summary>For every dimension of the output the input's, counted from the outermost.</summary>
    public IReadOnlyList<int> Order => Array.AsReadOnly(_order);

    /// <summary>The order that undoes this one.</summary>
    internal int[] Inverse => [.. Enumerable.Range(0, _order.Length).Select(dimension => Array.IndexOf(_order, dimension))];

    /// <inheritdoc/>
    public override Shape OutputShape(params ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        return input.Rank == _order.Length
            ? new Shape([.. _order.Select(dimension => input[dimension])])
            : throw new ShapeException($"Transpose: order ({string.Join(", ", _order)}) is for {_order.Length} dimensions, got {input}");
    }

    /// <summary>Whether elements stay where they are: only dimensions of size 1 change places.</summary>
    internal bool KeepsElements(Shape input)
    {
        int[] moved = [.. _order.Where(dimension => input[dimension] > 1)];
        return moved.SequenceEqual(moved.Order());
    }

    /// <inheritdoc/>
    public bool Equals(Transpose? other) => other is not null && _order.AsSpan().SequenceEqual(other._order);

    /// <inheritdoc/>
    public override int GetHashCode() => _order.Aggregate(_order.Length, HashCode.Combine);
}
