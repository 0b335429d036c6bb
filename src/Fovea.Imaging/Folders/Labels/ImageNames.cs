using Fovea.Data.Text;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>
/// Images of a folder by what a table may call them: their path, their name, or either without its extension; also as
/// seen from a folder above, and last in other case.
/// </summary>
internal sealed class ImageNames
{
    private readonly TreeFolder _folder;
    private readonly Names _exact;
    private Names? _anyCase;

    public ImageNames(TreeFolder folder) => (_folder, _exact) = (folder, new Names(folder, StringComparer.Ordinal));

    /// <summary>The images of a name, null beside a first one if there are several; nothing if there are none.</summary>
    /// <param name="name">What a table says.</param>
    /// <param name="isLoose">Whether the image is called otherwise: in other case, or in another folder.</param>
    public (TreeFile First, TreeFile? Second)? Find(string name, out bool isLoose)
    {
        string[] segments = Segments(name);
        (TreeFile First, TreeFile? Second)? found = _exact.Find(segments) ?? (_anyCase ??= new Names(_folder, StringComparer.OrdinalIgnoreCase)).Find(segments);
        isLoose = found is { First: var image } && !IsEndOf(segments, Segments(image.Path));
        return found;
    }

    /// <summary>Whether a name cannot be that of a file in the folder: it is absolute, or leads out.</summary>
    public static bool IsOutside(string name) =>
        name.StartsWith('/') || name.StartsWith('\\') || (name.Length > 1 && char.IsAsciiLetter(name[0]) && name[1] == ':')
        || name.Split('/', '\\').Contains("..");

    private static string[] Segments(string name) => [.. ComposedText.Of(name).Split('/', '\\').Where(segment => segment is not ("" or "."))];

    private static bool IsEndOf(string[] name, string[] path) =>
        name.Length <= path.Length && path.AsSpan(^name.Length..) is var end
        && end[..^1].SequenceEqual(name.AsSpan(..^1)) && (end[^1] == name[^1] || Path.GetFileNameWithoutExtension(end[^1]) == name[^1]);

    private sealed class Names
    {
        private readonly Dictionary<string, (TreeFile First, TreeFile? Second)> _paths, _names;

        public Names(TreeFolder folder, StringComparer comparer)
        {
            (_paths, _names) = (new(comparer), new(comparer));
            int above = Segments(folder.Path).Length;
            foreach (TreeFile image in folder.All)
            {
                string[] segments = Segments(image.Path)[above..];
                Add(_paths, string.Join('/', segments), image);
                Add(_names, segments[^1], image);
            }
        }

        /// <summary>The longest end of a name that is the path of an image; else its last part.</summary>
        public (TreeFile, TreeFile?)? Find(string[] segments)
        {
            for (int i = 0; i < segments.Length; i++)
                if (_paths.TryGetValue(string.Join('/', segments[i..]), out (TreeFile, TreeFile?) found))
                    return found;
            return segments.Length > 0 && _names.TryGetValue(segments[^1], out (TreeFile, TreeFile?) named) ? named : null;
        }

        private static void Add(Dictionary<string, (TreeFile First, TreeFile? Second)> names, string name, TreeFile image)
        {
            foreach (string key in (string[])[name, Path.ChangeExtension(name, null)])
                if (!names.TryAdd(key, (image, null)) && names[key].First != image)
                    names[key] = (names[key].First, image);
        }
    }
}
