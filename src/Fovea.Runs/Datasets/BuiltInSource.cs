using Fovea.Data;
using Fovea.Data.Synthetic;

namespace Fovea.Runs.Datasets;

/// <summary>A data set that is generated.</summary>
internal sealed class BuiltInSource(BuiltInEntry entry, DataRequest request) : DataSource(request)
{
    /// <inheritdoc/>
    public override string Name => entry.Name;

    /// <inheritdoc/>
    public override string DefaultModel => entry.ImageShape.Rank == 1 ? TextModel : entry.ImageShape.Channels == 1 ? "lenet5" : "convnet-basic";

    /// <inheritdoc/>
    protected override IDataset? Open(DataPart part, int? limit)
    {
        if (part == DataPart.Validation)
            return null;
        DatasetSplit split = part == DataPart.Train ? DatasetSplit.Train : DatasetSplit.Test;
        int all = split == DatasetSplit.Train ? entry.TrainCount : entry.TestCount;
        // A shorter set is the beginning of the longer one, and every beginning is balanced.
        int count = Math.Min(all, limit ?? all);
        return entry.Generate(count, 0, Request.Threads, split);
    }
}
