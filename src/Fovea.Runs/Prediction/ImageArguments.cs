using System.IO.Enumeration;
using Fovea.Imaging;

namespace Fovea.Runs.Prediction;

/// <summary>An image that the command line names, or what is wrong with its name.</summary>
/// <param name="Path">The file, or <c>-</c> for the standard input.</param>
/// <param name="Failure">Why there is nothing to read, in one line; null if there may be.</param>
public sealed record ImageArgument(string Path, string? Failure = null);

/// <summary>
/// Finds the images that the command line means: files; folders, which stand for all images in them and their
/// sub-folders; and patterns (<see cref="GlobPattern"/>), which reach the command where the shell does not expand them. What
/// is there by the very name of a pattern is that file or folder. Both are expanded in ordinal order; hidden files are
/// passed over, as shells do.
/// </summary>
public static class ImageArguments
{
    private const int NamedFiles = 3;

    /// <summary>The images in the order in which they are named.</summary>
    public static IReadOnlyList<ImageArgument> Expand(IEnumerable<string> arguments, IProgress<RunEvent>? progress = null)
    {
        var images = new List<ImageArgument>();
        foreach (string argument in arguments)
        {
            if (Directory.Exists(argument))
                AddFolder(argument, images, progress);
            else if (argument == PredictionInput.StandardInput && images.Exists(image => image.Path == argument))
                images.Add(new ImageArgument(argument, "the standard input was named before, and can be read only once"));
            else if (!GlobPattern.IsPattern(argument) || File.Exists(argument))
                images.Add(new ImageArgument(argument));
            else if (!AddMatches(argument, images, progress))
                AddAlternatives(argument, images, progress);
        }
        return images;
    }

    private static void AddAlternatives(string pattern, List<ImageArgument> images, IProgress<RunEvent>? progress)
    {
        IReadOnlyList<string> alternatives = GlobPattern.Alternatives(pattern);
        int before = images.Count;
        // One that is a pattern itself need not match: *.{jpg,png} may find images of one kind only.
        if (alternatives.Count > 1)
            images.AddRange(alternatives.SelectMany(alternative => Expand([alternative], progress)
                .Where(image => image.Failure is null || image.Path != alternative || !GlobPattern.IsPattern(alternative))));
        if (images.Count == before)
            images.Add(new ImageArgument(pattern, alternatives.Count == 0 ? $"{pattern} has too many alternatives in braces" : $"no file matches {pattern}"));
    }

    private static bool AddMatches(string pattern, List<ImageArgument> images, IProgress<RunEvent>? progress)
    {
        string root = Path.GetPathRoot(pattern) ?? "";
        string[] parts = pattern[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        int before = images.Count;
        foreach (string match in Matches(root, parts))
            if (Directory.Exists(match))
                AddFolder(match, images, progress);
            else
                images.Add(new ImageArgument(match));
        return images.Count > before;
    }

    /// <summary>What is below a folder, the current one if it has no name, and matches the parts of a pattern.</summary>
    private static IEnumerable<string> Matches(string folder, ReadOnlyMemory<string> parts)
    {
        if (parts.IsEmpty)
            return [folder];
        string part = parts.Span[0];
        string named = Path.Join(folder, part);
        if (Path.Exists(named))
            return Matches(named, parts[1..]);
        if (!GlobPattern.IsPattern(part))
            return [];
        try
        {
            return [.. Directory.GetFileSystemEntries(folder.Length == 0 ? "." : folder)
                .Select(entry => Path.GetFileName(entry))
                .Where(name => GlobPattern.Matches(part, name, ignoreCase: OperatingSystem.IsWindows()) && (name[0] != '.' || part[0] == '.'))
                .Order(StringComparer.Ordinal)
                .SelectMany(name => Matches(Path.Join(folder, name), parts[1..]))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file where the pattern wants a folder, or a folder that may not be read, has no match.
            return [];
        }
    }

    /// <summary>Whether a file begins as an image; also if it cannot be read, which is then said of it.</summary>
    private static bool MayBeImage(string file)
    {
        try
        {
            return ImageFile.IsImage(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void AddFolder(string folder, List<ImageArgument> images, IProgress<RunEvent>? progress)
    {
        var others = new List<string>();
        int before = images.Count;
        try
        {
            var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
            var files = new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToSpecifiedFullPath(), options)
            {
                ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && entry.FileName[0] != '.',
                // Links to folders may lead back here.
                ShouldRecursePredicate = (ref entry) => entry.FileName[0] != '.' && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            };
            foreach (string file in files.Order(StringComparer.Ordinal))
                if (MayBeImage(file))
                    images.Add(new ImageArgument(file));
                else
                    others.Add(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            images.Add(new ImageArgument(folder, ErrorText.OneLine(error.Message)));
            return;
        }
        if (images.Count == before)
            images.Add(new ImageArgument(folder, $"there is no image in folder {folder}"));
        else if (others.Count > 0)
            progress.Note($"{others.Count} {(others.Count == 1 ? "file" : "files")} in {Printable.Escape(folder)} {(others.Count == 1 ? "is no image" : "are no images")}: {string.Join(", ", others.Take(NamedFiles).Select(Printable.Escape))}{(others.Count > NamedFiles ? ", …" : "")}");
    }
}
