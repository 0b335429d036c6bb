using Fovea.Tensors;

namespace Fovea.Layers;

/// <summary>A shape seen along one of its dimensions, as (before, size, after): what lies before and behind it counts as one dimension each.</summary>
/// <param name="Dimension">Which dimension, counted from the outermost.</param>
/// <param name="Before">The product of the sizes before it.</param>
/// <param name="Size">Its size.</param>
/// <param name="After">The product of the sizes after it.</param>
internal readonly record struct Axis(int Dimension, int Before, int Size, int After)
{
    /// <summary>Looks along a dimension. A number has one of size 1, as in PyTorch.</summary>
    /// <param name="layer">Who looks, for the message.</param>
    /// <param name="dimension">Negative ones count from the end.</param>
    /// <param name="shape">What is looked at.</param>
    /// <exception cref="ShapeException">The shape has no such dimension.</exception>
    public static Axis Of(string layer, int dimension, Shape shape)
    {
        dimension = Resolve(layer, dimension, shape);
        int before = 1;
        for (int i = 0; i < dimension; i++)
            before *= shape[i];
        int size = shape.Rank == 0 ? 1 : shape[dimension];
        return new Axis(dimension, before, size, shape.Length / before / size);
    }

    /// <summary>A dimension's number, counted from the outermost.</summary>
    /// <inheritdoc cref="Of"/>
    public static int Resolve(string layer, int dimension, Shape shape)
    {
        int rank = Math.Max(1, shape.Rank);
        return dimension >= -rank && dimension < rank
            ? dimension < 0 ? dimension + rank : dimension
            : throw new ShapeException($"{layer}: dimension must be from {-rank} to {rank - 1} for {shape}, got {dimension}");
    }

    /// <summary>The shape with another size along the dimension.</summary>
    public Shape Resize(Shape shape, int size)
    {
        int[] sizes = shape.Rank == 0 ? [1] : shape.ToArray();
        sizes[Dimension] = size;
        return new Shape(sizes);
    }
}
