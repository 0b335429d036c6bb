using System.Text.RegularExpressions;
using Fovea.Data.Text;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>
/// Classes from the names of files. In a pattern <c>{class}</c> stands for the class, as long as may be, <c>*</c> for
/// anything and <c>#</c> for digits; it is compared with the name without its extension.
/// </summary>
internal sealed class NamePattern
{
    private const string Class = "{class}";
    private readonly Regex _regex;
    private readonly string _pattern;

    /// <exception cref="ArgumentException">The pattern has no <c>{class}</c>, or several.</exception>
    public NamePattern(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        string[] around = pattern.Split(Class);
        if (!IsValid(pattern))
            throw new ArgumentException($"a class pattern has {Class} once, as in '{Class}.*' for cat.0.png; got '{pattern}'");
        _pattern = pattern;
        _regex = new Regex($"^{Around(around[0])}(?<class>.+){Around(around[1])}$", RegexOptions.CultureInvariant | RegexOptions.Singleline);

        static string Around(string text) =>
            Regex.Escape(text).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\#", "[0-9]+", StringComparison.Ordinal);
    }

    /// <summary>Whether a text has <c>{class}</c> once.</summary>
    public static bool IsValid(string text) => text.Split(Class).Length == 2;

    /// <summary>The class that a file's name says; null if it does not fit.</summary>
    public string? ClassOf(string fileName) =>
        _regex.Match(Path.GetFileNameWithoutExtension(fileName)) is { Success: true } match ? ComposedText.Of(match.Groups["class"].Value.Trim()) : null;

    /// <summary>All images whose names fit; those below folders that are named as parts are these parts.</summary>
    public LabelledFiles Read(TreeFolder top, FileAccount account)
    {
        var files = new List<LabelledFile>();
        var paths = new Dictionary<PartKind, TreeFolder>();
        bool hasTraining = top.Filled.Any(folder => PartNames.Of(folder.Name) == PartKind.Train);
        Add(PartKind.Train, top.Files);
        paths[PartKind.Train] = top;
        foreach (TreeFolder folder in top.Filled)
        {
            PartKind kind = (hasTraining ? PartNames.Of(folder.Name) : null) ?? PartKind.Train;
            if (Add(kind, folder.All))
                paths.TryAdd(kind, folder);
        }
        // The images of a part to be predicted are only numbered.
        var known = files.Where(file => file.Part == PartKind.Train).Select(file => file.ClassName).ToHashSet(StringComparer.Ordinal);
        files.RemoveAll(file =>
        {
            bool isUnknown = known.Count > 0 && !known.Contains(file.ClassName);
            if (isUnknown)
                account.Leave(file.File.Path, "its name says no class of the training part");
            return isUnknown;
        });
        return new LabelledFiles(files, paths, $"the files' names, as {_pattern}");

        bool Add(PartKind kind, IEnumerable<TreeFile> found)
        {
            int before = files.Count;
            foreach (TreeFile file in found)
                if (ClassOf(file.Name) is { Length: > 0 } name)
                    files.Add(new LabelledFile(kind, file, name, () => $"the name of {file.Path}"));
                else
                    account.Leave(file.Path, $"its name does not fit {_pattern}");
            return files.Count > before;
        }
    }
}
