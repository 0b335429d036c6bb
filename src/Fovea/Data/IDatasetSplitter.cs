namespace Fovea.Data;

/// <summary>How a data set that has no parts of its own is divided. The same seed gives the same parts.</summary>
public interface IDatasetSplitter
{
    /// <summary>Splits off a share of the samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not between 0 and 1, or leaves a part empty.</exception>
    (Subset Training, Subset Held) Split(IDataset dataset, double share, ulong seed);

    /// <summary>Cuts a data set into parts for cross-validation.</summary>
    /// <exception cref="ArgumentException">A class has fewer samples than there are parts.</exception>
    IReadOnlyList<(Subset Training, Subset Held)> Folds(IDataset dataset, int folds, ulong seed);
}
