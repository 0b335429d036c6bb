using Fovea.Data;
using Fovea.Imaging.Folders;

namespace Fovea.Cli.Datasets;

/// <summary>A folder of pictures: one sub-folder a class, or <c>train/</c> and <c>test/</c> or <c>val/</c> above these.</summary>
internal sealed class FolderSource(string path, DataRequest request, Terminal terminal) : DataSource(request)
{
    private const int NamedSkips = 10;
    private ImageFolderData? _data;

    /// <inheritdoc/>
    public override string Name { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <inheritdoc/>
    public override string ShortName => Path.GetFileName(Name) is { Length: > 0 } name ? name : "folder";

    /// <inheritdoc/>
    public override string DefaultModel => "convnet-basic";

    /// <inheritdoc/>
    public override IDataset? Open(DataPart part)
    {
        _data ??= Load();
        IDataset? dataset = part switch
        {
            DataPart.Train => _data.Train,
            DataPart.Validation => _data.Validation,
            _ => _data.Test,
        };
        return dataset is null ? null : Limited(dataset);
    }

    private ImageFolderData Load()
    {
        ImageFolderData data = ImageFolder.Load(path, new ImageFolderOptions
        {
            ImageShape = Request.ImageShape,
            ClassNames = Request.ClassNames,
            Threads = Request.Threads,
        }, cancellation: terminal.Cancellation);
        if (data.Skipped.Count > 0)
        {
            terminal.Say($"note: {data.Skipped.Count} of the pictures cannot be read and are left out:");
            foreach (SkippedFile file in data.Skipped.Take(NamedSkips))
                terminal.Say($"  {file.Path}: {file.Reason}");
            if (data.Skipped.Count > NamedSkips)
                terminal.Say($"  and {data.Skipped.Count - NamedSkips} more");
        }
        return data;
    }
}
