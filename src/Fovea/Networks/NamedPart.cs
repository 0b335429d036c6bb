using Fovea.Tensors;

namespace Fovea.Networks;

/// <summary>One of a network's inputs or outputs, and where it lies among the numbers of one sample.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Shape">The shape of one sample.</param>
/// <param name="Offset">How many numbers of the sample lie before it.</param>
public sealed record NamedPart(string Name, Shape Shape, int Offset)
{
    /// <summary>Lays parts side by side, sample by sample: (count, all).</summary>
    /// <param name="parts">All parts there are.</param>
    /// <param name="length">The numbers of one sample.</param>
    /// <param name="values">(count, …) of the parts that are given.</param>
    /// <param name="all">Whether each must be given; zeros otherwise.</param>
    /// <exception cref="ArgumentException">A name is unknown, given twice or missing, or the counts differ.</exception>
    internal static float[] Join(IReadOnlyList<NamedPart> parts, int length, ReadOnlySpan<(string Name, ReadOnlyMemory<float> Values)> values, bool all)
    {
        string names = string.Join(", ", parts.Select(part => part.Name));
        if (values.IsEmpty)
            throw new ArgumentException($"nothing is given; there are {names}", nameof(values));
        int count = 0;
        float[] joined = [];
        var given = new HashSet<string>();
        foreach ((string name, ReadOnlyMemory<float> numbers) in values)
        {
            NamedPart part = parts.FirstOrDefault(part => part.Name == name)
                ?? throw new ArgumentException($"none is named '{name}'{Nearest.Question(name, parts.Select(part => part.Name))}; there are {names}", nameof(values));
            if (!given.Add(name))
                throw new ArgumentException($"'{name}' is given twice", nameof(values));
            int samples = numbers.Length / part.Shape.Length;
            if (samples == 0 || numbers.Length % part.Shape.Length != 0 || count > 0 && samples != count)
                throw new ArgumentException($"'{name}' takes {(count > 0 ? $"{count} samples" : "whole samples")} of {part.Shape}, got {numbers.Length} numbers", nameof(values));
            if (count == 0)
                joined = new float[checked((count = samples) * length)];
            for (int n = 0; n < count; n++)
                numbers.Span.Slice(n * part.Shape.Length, part.Shape.Length).CopyTo(joined.AsSpan(n * length + part.Offset));
        }
        return !all || given.Count == parts.Count ? joined
            : throw new ArgumentException($"{string.Join(", ", parts.Where(part => !given.Contains(part.Name)).Select(part => $"'{part.Name}'"))} is missing; there are {names}", nameof(values));
    }
}
