using Fovea.Tensors;

namespace Fovea.Data;

/// <summary>Labelled images of one size. Implementations may be read from many threads at once.</summary>
public interface IDataset
{
    /// <summary>What people call it: <c>mnist/train</c>.</summary>
    string Name { get; }

    /// <summary>How many samples there are.</summary>
    int Count { get; }

    /// <summary>The shape of every image: (C, H, W), C being 1 (grey) or 3 (red, green, blue).</summary>
    Shape ImageShape { get; }

    /// <summary>The classes' names; a label is an index into them.</summary>
    IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class of a sample.</summary>
    int Label(int index);

    /// <summary>Writes the pixels of a sample, (C, H, W), each in [0, 1].</summary>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> is not of <see cref="ImageShape"/>'s length.</exception>
    void Read(int index, Span<float> pixels);
}
