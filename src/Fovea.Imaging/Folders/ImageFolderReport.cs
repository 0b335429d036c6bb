namespace Fovea.Imaging.Folders;

/// <summary>A image file that could not be read.</summary>
/// <param name="Path">Where it is, below the folder.</param>
/// <param name="Reason">What was wrong with it, in one line.</param>
public sealed record SkippedFile(string Path, string Reason);

/// <summary>An image file with faults that were passed over, since its pixels are known.</summary>
/// <param name="Path">Where it is, below the folder.</param>
/// <param name="Notes">What was passed over, each in one line.</param>
public sealed record FaultyFile(string Path, IReadOnlyList<string> Notes);

/// <summary>A class whose images, or nine tenths of them and more, show nothing: once prepared they are of one colour.</summary>
/// <param name="Name">The class.</param>
/// <param name="Plain">How many of its images are of one colour.</param>
/// <param name="Images">How many images it has.</param>
public sealed record PlainClass(string Name, int Plain, int Images);

/// <summary>How far the reading of a folder is.</summary>
/// <param name="Done">Images read or skipped.</param>
/// <param name="Total">Images there are.</param>
public readonly record struct ImageFolderProgress(int Done, int Total);

/// <summary>What was read from a folder of images.</summary>
public sealed class ImageFolderData
{
    internal ImageFolderData(FolderDataset train, FolderDataset? validation, FolderDataset? test, IReadOnlyList<SkippedFile> skipped, IReadOnlyList<FaultyFile> faulty, FolderLayout layout, int transparent, IReadOnlyList<PlainClass> plainClasses)
    {
        Train = train;
        Validation = validation;
        Test = test;
        Skipped = skipped;
        Faulty = faulty;
        Layout = layout.Understood;
        PassedOver = layout.Account.Skipped;
        NotUnderstood = layout.Account.NotUnderstood;
        Notes = layout.Account.Notes;
        Transparent = transparent;
        PlainClasses = plainClasses;
    }

    /// <summary>The images below <c>train/</c>, or all of them if the classes are directly in the folder.</summary>
    public FolderDataset Train { get; }

    /// <summary>The images below <c>val/</c>, if it is there.</summary>
    public FolderDataset? Validation { get; }

    /// <summary>The images below <c>test/</c>, if it is there.</summary>
    public FolderDataset? Test { get; }

    /// <summary>The image files that could not be read, in the order of the data set.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>The images that are read although their files have faults, in the order of the data set.</summary>
    public IReadOnlyList<FaultyFile> Faulty { get; }

    /// <summary>How many images have transparent pixels, behind which the background is seen.</summary>
    public int Transparent { get; }

    /// <summary>The classes whose images are all, or nearly all, of one colour.</summary>
    public IReadOnlyList<PlainClass> PlainClasses { get; }

    /// <summary>What was taken for what, in one line: <c>train for training, dev for validation, one folder per class in each</c>.</summary>
    public string Layout { get; }

    /// <summary>
    /// Files that are no samples: texts, hidden files, what operating systems and runs of Fovea's leave. With the images of
    /// all parts, <see cref="Skipped"/> and <see cref="NotUnderstood"/> these are all files there are.
    /// </summary>
    public IReadOnlyList<PassedOverFiles> PassedOver { get; }

    /// <summary>Images whose place in the layout says nothing, so that they are not used.</summary>
    public IReadOnlyList<PassedOverFiles> NotUnderstood { get; }

    /// <summary>What else a person should know, each in one line.</summary>
    public IReadOnlyList<string> Notes { get; }
}
