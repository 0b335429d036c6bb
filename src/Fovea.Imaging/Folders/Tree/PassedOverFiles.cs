namespace Fovea.Imaging.Folders;

/// <summary>Files that were passed over for one reason.</summary>
/// <param name="Path">Where they are, below the data set's root: a file, the first of several in a folder, or a whole folder, which ends in a separator.</param>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Files">How many there are.</param>
public sealed record PassedOverFiles(string Path, string Reason, int Files)
{
    /// <summary>The reason for a table that says what the images show.</summary>
    internal const string ReadForLabels = "read for its labels";
}
