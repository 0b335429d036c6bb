using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Tensors;

namespace Fovea.Runs.Datasets;

/// <summary>A data set whose labels are numbers of another list of classes, matched by name.</summary>
public sealed class RelabelledDataset : IDataset
{
    private readonly int[] _labels;

    private RelabelledDataset(IDataset source, IReadOnlyList<string> classNames, int[] labels)
    {
        Source = source;
        ClassNames = classNames;
        _labels = labels;
    }

    /// <summary>The data set with its own labels.</summary>
    public IDataset Source { get; }

    /// <inheritdoc/>
    public string Name => Source.Name;

    /// <inheritdoc/>
    public int Count => Source.Count;

    /// <inheritdoc/>
    public Shape ImageShape => Source.ImageShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public int Label(int index) => _labels[Source.Label(index)];

    /// <inheritdoc/>
    public void Read(int index, Span<float> pixels) => Source.Read(index, pixels);

    /// <summary>The data set with the labels of a model; the same object if they agree already.</summary>
    /// <exception cref="RunException">The data set has a class that the model does not know.</exception>
    public static IDataset Match(IDataset dataset, IReadOnlyList<string> classNames)
    {
        if (dataset.ClassNames.SequenceEqual(classNames, ComposedText.Comparer))
            return dataset;
        int[] labels = [.. dataset.ClassNames.Select(name => classNames.ToList().FindIndex(known => ComposedText.Comparer.Equals(known, name)))];
        int unknown = Array.IndexOf(labels, -1);
        if (unknown >= 0)
            throw new RunException($"the data set {dataset.Name} has a class '{dataset.ClassNames[unknown]}' that the model does not know; the model's classes are {string.Join(", ", classNames)}");
        return new RelabelledDataset(dataset, classNames, labels);
    }
}
