using Fovea.Data;

namespace Fovea.Runs.Datasets;

/// <summary>A published data set; it is downloaded when it is not here.</summary>
internal sealed class PublishedSource(DatasetEntry entry, DataRequest request, IProgress<RunEvent>? progress, CancellationToken cancellation) : DataSource(request)
{
    /// <inheritdoc/>
    public override string Name => entry.Name;

    /// <inheritdoc/>
    public override string DefaultModel => entry.ImageShape.Channels == 1 ? "lenet5" : "tinyvgg";

    /// <inheritdoc/>
    protected override IDataset? Open(DataPart part, int? limit)
    {
        if (part == DataPart.Validation)
            return null;
        DatasetSplit split = part == DataPart.Train ? DatasetSplit.Train : DatasetSplit.Test;
        var options = new DatasetOptions { DataDirectory = Request.DataDirectory, Note = progress.Note, Progress = RunEvents.OfDownloads(progress) };
        IDataset dataset = DatasetCatalog.OpenAsync(entry.Name, split, options, cancellation).GetAwaiter().GetResult();
        return Limited(dataset, limit);
    }
}
