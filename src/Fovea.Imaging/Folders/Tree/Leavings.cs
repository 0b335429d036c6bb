using Fovea.Training;

namespace Fovea.Imaging.Folders.Tree;

/// <summary>What operating systems, storage devices and Fovea itself leave in folders.</summary>
internal static class Leavings
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "__MACOSX", "@eaDir", "#recycle", "@Recycle", "lost+found", "$RECYCLE.BIN", "RECYCLER", "System Volume Information",
        "Thumbs.db", "ehthumbs.db", "desktop.ini", "Icon\r",
    };

    /// <summary>Why a file or folder of this name is no sample; null if its name does not say.</summary>
    public static string? Of(string name) =>
        Names.Contains(name) ? "left by the operating system or the storage device" : name.StartsWith('.') ? "hidden" : null;

    /// <summary>Whether a folder of these files is one of Fovea's runs, whose images are no samples.</summary>
    public static bool IsRun(IEnumerable<string> files)
    {
        var names = files.ToHashSet(StringComparer.Ordinal);
        return names.Contains("checkpoint.safetensors")
            || (names.Contains("model.safetensors") && (names.Contains("history.csv") || names.Contains("history.json") || names.Contains("report.html")))
            // One that begins now has nothing but its lock.
            || (names.Contains(RunLock.FileName) && names.All(name => name.StartsWith('.')))
            || (names.Contains("summary.json") && names.Contains("summary.txt"));
    }
}
