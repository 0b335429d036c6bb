namespace Fovea.Kernels;

/// <summary>
/// A tensor's elements with its dimensions in another order. Dimensions that stay neighbours are one. What then is innermost
/// in both orders is copied in runs; where the innermost dimension differs, it and the one that takes its place are turned
/// like rows and columns. Around that lie loops over the other dimensions.
/// </summary>
internal sealed unsafe class Permutation
{
    private readonly Loop[] _loops;

    /// <summary>Whether the last two loops copy rows, the last one being a row; else they turn rows into columns.</summary>
    private readonly bool _copiesRows;

    /// <param name="sizes">The source's sizes.</param>
    /// <param name="order">For every dimension of the destination the source's.</param>
    /// <param name="lanes">How many floats lie side by side at every element.</param>
    public Permutation(ReadOnlySpan<int> sizes, ReadOnlySpan<int> order, int lanes)
    {
        Length = lanes;
        int[] pitches = new int[sizes.Length];
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            pitches[i] = Length;
            Length *= sizes[i];
        }
        List<(int Size, int Pitch)> dimensions = [];
        foreach (int dimension in order)
            Append(dimensions, sizes[dimension], pitches[dimension]);
        Append(dimensions, lanes, 1);
        // There are two loops at least, so that there is always one kind of innermost pair or the other.
        if (dimensions.Count == 0)
            dimensions.Add((1, 1));
        if (dimensions.Count == 1)
            dimensions.Insert(0, (1, Length));
        _loops = new Loop[dimensions.Count];
        int pitch = 1;
        for (int i = dimensions.Count - 1; i >= 0; i--)
        {
            _loops[i] = new Loop(dimensions[i].Size, dimensions[i].Pitch, pitch);
            pitch *= dimensions[i].Size;
        }
        _copiesRows = _loops[^1].SourcePitch == 1;
        // The dimension that is innermost in the source becomes the last loop but one.
        if (!_copiesRows)
            _loops = [.. _loops[..^1].OrderBy(loop => loop.SourcePitch == 1), _loops[^1]];
    }

    /// <summary>Floats in the source, and in the destination.</summary>
    public int Length { get; }

    /// <summary>How the work is done.</summary>
    public string Algorithm => _copiesRows ? "copy of rows" : "transposition";

    /// <summary>Fills the destination.</summary>
    /// <param name="source">The source's elements, lanes innermost.</param>
    /// <param name="destination">The same elements in the other order.</param>
    public void Run(ReadOnlySpan<float> source, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Length);
        fixed (float* from = source, to = destination)
            Run(0, from, to);
    }

    private void Run(int depth, float* source, float* destination)
    {
        Loop loop = _loops[depth];
        if (depth < _loops.Length - 2)
            for (int i = 0; i < loop.Size; i++)
                Run(depth + 1, source + (nint)i * loop.SourcePitch, destination + (nint)i * loop.DestinationPitch);
        else if (_copiesRows)
        {
            int row = _loops[^1].Size;
            for (int i = 0; i < loop.Size; i++)
                new ReadOnlySpan<float>(source + (nint)i * loop.SourcePitch, row).CopyTo(new Span<float>(destination + (nint)i * row, row));
        }
        else
            Transposition.Run(source, _loops[^1].SourcePitch, _loops[^1].Size, loop.Size, destination, loop.DestinationPitch);
    }

    /// <summary>Adds a dimension inside the others, to the last one if both lie in the source as they shall lie here.</summary>
    private static void Append(List<(int Size, int Pitch)> dimensions, int size, int pitch)
    {
        if (size == 1)
            return;
        if (dimensions is [.., var last] && last.Pitch == size * pitch)
            dimensions[^1] = (last.Size * size, pitch);
        else
            dimensions.Add((size, pitch));
    }

    private readonly record struct Loop(int Size, int SourcePitch, int DestinationPitch);
}
