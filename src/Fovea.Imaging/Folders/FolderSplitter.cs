using Fovea.Data;

namespace Fovea.Imaging.Folders;

/// <summary>Divides a folder's images so that files of equal bytes stay together, since an image that was learnt is no test.</summary>
internal sealed class FolderSplitter : IDatasetSplitter
{
    /// <inheritdoc/>
    public (Subset Training, Subset Held) Split(IDataset dataset, double share, ulong seed) => Duplicates.SplitTogether(dataset, share, seed);

    /// <inheritdoc/>
    public IReadOnlyList<(Subset Training, Subset Held)> Folds(IDataset dataset, int folds, ulong seed) => Duplicates.FoldsTogether(dataset, folds, seed);
}
