using Fovea.Cli.Rendering;
using Fovea.Data;

namespace Fovea.Cli.Datasets;

/// <summary>A published data set; it is downloaded when it is not here.</summary>
internal sealed class PublishedSource(DatasetEntry entry, DataRequest request, Terminal terminal) : DataSource(request)
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
        var options = new DatasetOptions { DataDirectory = Request.DataDirectory, Note = note => terminal.Say($"note: {note}") };
        IDataset dataset = DownloadProgressBar.Show(terminal, progress =>
            DatasetCatalog.OpenAsync(entry.Name, split, options with { Progress = progress }, terminal.Cancellation).GetAwaiter().GetResult());
        return Limited(dataset, limit);
    }
}
