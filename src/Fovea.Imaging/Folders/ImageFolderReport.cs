namespace Fovea.Imaging.Folders;

/// <summary>A picture file that could not be read.</summary>
/// <param name="Path">Where it is, below the folder.</param>
/// <param name="Reason">What was wrong with it, in one line.</param>
public sealed record SkippedFile(string Path, string Reason);

/// <summary>A class whose images, or nine tenths of them and more, show nothing: once prepared they are of one colour.</summary>
/// <param name="Name">The class.</param>
/// <param name="Plain">How many of its images are of one colour.</param>
/// <param name="Images">How many images it has.</param>
public sealed record PlainClass(string Name, int Plain, int Images);

/// <summary>How far the reading of a folder is.</summary>
/// <param name="Done">Pictures read or skipped.</param>
/// <param name="Total">Pictures there are.</param>
public readonly record struct ImageFolderProgress(int Done, int Total);

/// <summary>What was read from a folder of pictures.</summary>
public sealed class ImageFolderData
{
    internal ImageFolderData(FolderDataset train, FolderDataset? validation, FolderDataset? test, IReadOnlyList<SkippedFile> skipped, int ignored, int transparent, IReadOnlyList<PlainClass> plainClasses)
    {
        Train = train;
        Validation = validation;
        Test = test;
        Skipped = skipped;
        Ignored = ignored;
        Transparent = transparent;
        PlainClasses = plainClasses;
    }

    /// <summary>The pictures below <c>train/</c>, or all of them if the classes are directly in the folder.</summary>
    public FolderDataset Train { get; }

    /// <summary>The pictures below <c>val/</c>, if it is there.</summary>
    public FolderDataset? Validation { get; }

    /// <summary>The pictures below <c>test/</c>, if it is there.</summary>
    public FolderDataset? Test { get; }

    /// <summary>The picture files that could not be read, in the order of the data set.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>How many images have transparent pixels, behind which the background is seen.</summary>
    public int Transparent { get; }

    /// <summary>The classes whose images are all, or nearly all, of one colour.</summary>
    public IReadOnlyList<PlainClass> PlainClasses { get; }

    /// <summary>How many files were passed over because they are no pictures by their name: texts, hidden files.</summary>
    public int Ignored { get; }
}
