using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>An image and what it shows.</summary>
/// <param name="Part">The part that it belongs to.</param>
/// <param name="File">The image.</param>
/// <param name="ClassName">What it shows.</param>
/// <param name="Origin">What says so, for messages: a folder, a row of a table.</param>
internal sealed record LabelledFile(PartKind Part, TreeFile File, string ClassName, Func<string> Origin);

/// <summary>The images of a data set, and how they were understood.</summary>
/// <param name="Files">Images with their classes, in the order of the data set.</param>
/// <param name="Parts">Where each part lies.</param>
/// <param name="Understood">What says what the images show, in a few words.</param>
internal sealed record LabelledFiles(List<LabelledFile> Files, IReadOnlyDictionary<PartKind, TreeFolder> Parts, string Understood)
{
    /// <summary>Folders of the training part that would be classes if they had images.</summary>
    public IReadOnlyList<TreeFolder> Empty { get; init; } = [];

    /// <summary>The tables that said so.</summary>
    public IReadOnlyList<TreeFile> Tables { get; init; } = [];
}
