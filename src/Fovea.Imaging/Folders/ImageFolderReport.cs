namespace Fovea.Imaging.Folders;

/// <summary>A picture file that could not be read.</summary>
/// <param name="Path">Where it is, below the folder.</param>
/// <param name="Reason">What was wrong with it, in one line.</param>
public sealed record SkippedFile(string Path, string Reason);

/// <summary>How far the reading of a folder is.</summary>
/// <param name="Done">Pictures read or skipped.</param>
/// <param name="Total">Pictures there are.</param>
public readonly record struct ImageFolderProgress(int Done, int Total);

/// <summary>What was read from a folder of pictures.</summary>
public sealed class ImageFolderData
{
    internal ImageFolderData(FolderDataset train, FolderDataset? validation, FolderDataset? test, IReadOnlyList<SkippedFile> skipped, int ignored)
    {
        Train = train;
        Validation = validation;
        Test = test;
        Skipped = skipped;
        Ignored = ignored;
    }

    /// <summary>The pictures below <c>train/</c>, or all of them if the classes are directly in the folder.</summary>
    public FolderDataset Train { get; }

    /// <summary>The pictures below <c>val/</c>, if it is there.</summary>
    public FolderDataset? Validation { get; }

    /// <summary>The pictures below <c>test/</c>, if it is there.</summary>
    public FolderDataset? Test { get; }

    /// <summary>The picture files that could not be read, in the order of the data set.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>How many files were passed over because they are no pictures by their name: texts, hidden files.</summary>
    public int Ignored { get; }
}
