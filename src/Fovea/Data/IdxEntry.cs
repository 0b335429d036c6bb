namespace Fovea.Data;

/// <summary>A data set published as MNIST is: four IDX files, compressed or plain.</summary>
internal sealed class IdxEntry : DatasetEntry
{
    internal override bool Has(string folder, DatasetSplit split) =>
        Find(folder, ImagesOf(split)) is not null && Find(folder, LabelsOf(split)) is not null;

    internal override bool IsComplete(string folder) => Has(folder, DatasetSplit.Train) && Has(folder, DatasetSplit.Test);

    internal override MemoryDataset Open(string folder, DatasetSplit split, Action<string>? note) =>
        IdxReader.Read(Find(folder, ImagesOf(split))!, Find(folder, LabelsOf(split))!, NameOf(split), ClassNames);

    internal override async Task FetchAsync(string folder, DatasetOptions options, CancellationToken cancellation)
    {
        foreach (DatasetDownload file in Downloads)
            if (Find(folder, file.FileName) is null)
                await options.Downloader.DownloadAsync(file, folder, options.Progress, cancellation).ConfigureAwait(false);
    }

    private static string ImagesOf(DatasetSplit split) => (split == DatasetSplit.Train ? "train" : "t10k") + "-images-idx3-ubyte.gz";

    private static string LabelsOf(DatasetSplit split) => (split == DatasetSplit.Train ? "train" : "t10k") + "-labels-idx1-ubyte.gz";

    /// <summary>The file as published, or unpacked: with the suffix gone, or the dot that the original has inside.</summary>
    private static string? Find(string folder, string name)
    {
        string plain = Path.GetFileNameWithoutExtension(name);
        return new[] { name, plain, plain.Replace("-idx", ".idx", StringComparison.Ordinal) }
            .Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists);
    }
}
