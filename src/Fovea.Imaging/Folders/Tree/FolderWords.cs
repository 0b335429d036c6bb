namespace Fovea.Imaging.Folders.Tree;

/// <summary>The words in folders' names that say how data lie, and nothing of what images show.</summary>
internal static class FolderWords
{
    private static readonly HashSet<string> Fillers =
    [
        "set", "sets", "image", "images", "img", "imgs", "data", "dataset", "datasets", "folder", "dir", "photo", "photos",
        "picture", "pictures", "pics", "file", "files", "sample", "samples", "split", "part", "label", "labels",
    ];

    private static readonly HashSet<string> ImageNames = ["image", "images", "img", "imgs", "photos", "pictures", "pics", "jpegimages"];

    private static readonly HashSet<string> AnnotationNames =
    [
        "annotation", "annotations", "mask", "masks", "trimap", "trimaps", "bboxes", "labels", "groundtruth", "gt", "xmls",
        "segmentation", "segmentations", "segmentationclass", "segmentationobject", "segmentationmasks",
    ];

    /// <summary>Whether a word is part of a folder's name without saying anything.</summary>
    public static bool IsFiller(string word) => Fillers.Contains(word);

    /// <summary>Whether a name says no more than that images or data are in there: <c>image_data</c>.</summary>
    public static bool SaysNothing(string name) => Of(name).All(Fillers.Contains);

    /// <summary>Whether a folder is called after images: <c>images</c>, <c>JPEGImages</c>.</summary>
    public static bool IsImages(string name) => ImageNames.Contains(string.Concat(Of(name)));

    /// <summary>Whether a folder is called after what is drawn or written about images: <c>masks</c>, <c>SegmentationClass</c>.</summary>
    public static bool IsAnnotations(string name) => AnnotationNames.Contains(string.Concat(Of(name)));

    /// <summary>Runs of letters and of digits in lower case; a capital behind a small letter begins a new one.</summary>
    public static List<string> Of(string name)
    {
        var words = new List<string>();
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            bool ends = i == name.Length || !char.IsLetterOrDigit(name[i]);
            bool breaks = !ends && i > start
                && ((char.IsUpper(name[i]) && char.IsLower(name[i - 1])) || char.IsDigit(name[i]) != char.IsDigit(name[i - 1]));
            if (i > start && (ends || breaks))
                words.Add(name[start..i].ToLowerInvariant());
            if (ends)
                start = i + 1;
            else if (breaks)
                start = i;
        }
        return words;
    }
}
