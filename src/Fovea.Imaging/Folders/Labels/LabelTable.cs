using System.Text;
using Fovea.Data;
using Fovea.Data.Text;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>
/// Tables that say what the images beside them show: <c>labels.csv</c> with the columns file and label, Kaggle's id and
/// label, where ids are files' names without extension, and a table for each part, such as <c>train.csv</c>.
/// </summary>
internal static class LabelTable
{
    private static readonly string[] FileColumns =
        ["file", "filename", "filepath", "path", "image", "imagename", "imagefile", "imagepath", "imageid", "img", "imgname", "id", "name", "idcode", "filenames", "images"];

    private static readonly string[] LabelColumns =
        ["label", "labels", "class", "classname", "category", "target", "breed", "species", "diagnosis", "classid", "labelname"];

    private static readonly string[] TableWords = ["label", "labels", "annotation", "annotations", "class", "classes", "metadata", "index", "data", "train"];

    /// <summary>Whether images lie flat, so that a table must say what they show.</summary>
    public static bool IsFlat(TreeFolder top) =>
        (top.Files.Count > 0 || top.Filled.Any()) && top.Filled.ToArray() is var filled
        && filled.All(folder => !folder.Filled.Any() && (PartNames.IsPlain(folder.Name) || filled.Length == 1));

    /// <summary>The images that the tables name; null if none of the tables is one of labels.</summary>
    /// <param name="top">The folder with the images.</param>
    /// <param name="tables">The tables that may say what they show.</param>
    /// <param name="account">Is told of images that are not listed, and of tables that were read.</param>
    /// <exception cref="DataFormatException">A table names files that are not there, or none that is.</exception>
    public static LabelledFiles? Read(TreeFolder top, IReadOnlyList<TreeFile> tables, FileAccount account)
    {
        var images = new ImageNames(top);
        var files = new List<LabelledFile>();
        var paths = new Dictionary<PartKind, string>();
        var used = new HashSet<TreeFile>();
        var read = new List<(TreeFile Table, string Columns)>();
        foreach (TreeFile table in tables)
        {
            if (PartOf(table.Name) is not { } part || Rows(table) is not { Count: > 0 } rows || ColumnsOf(rows[0], images) is not (var file, var label, var header))
                continue;
            int missing = 0, before = files.Count;
            string firstMissing = "";
            foreach (string[] row in rows.Skip(header ? 1 : 0))
            {
                string name = row.Length > file ? row[file].Trim() : "", text = row.Length > label ? ComposedText.Of(row[label].Trim()) : "";
                if (name.Length == 0 && text.Length == 0)
                    continue;
                if (name.Length == 0 || text.Length == 0)
                    throw new DataFormatException($"{table.Path}: the row '{Printable.Escape(string.Join(',', row))}' lacks {(name.Length == 0 ? "a file" : "a label")}");
                if (images.Find(name) is not { } image)
                    firstMissing = missing++ == 0 ? name : firstMissing;
                else if (used.Add(image))
                    files.Add(new LabelledFile(part, image, text, table.Path));
                else
                    throw new DataFormatException($"{table.Path}: {Printable.Escape(name)} is listed twice; right would be one row for each image");
            }
            if (files.Count == before)
                throw new DataFormatException($"{table.Path}: none of the files it lists is there, such as {Printable.Escape(firstMissing)}");
            if (missing > 0)
                account.Missing(table.Path, firstMissing, missing);
            paths[part] = top.Path;
            read.Add((table, header ? $" (columns {Printable.Escape(rows[0][file].Trim())} and {Printable.Escape(rows[0][label].Trim())})" : ""));
        }
        if (read.Count == 0)
            return null;
        foreach (TreeFile image in top.All.Where(image => !used.Contains(image)))
            account.Leave(image.Path, $"not listed in {string.Join(" or ", read.Select(entry => entry.Table.Path))}");
        files.Sort((a, b) => string.CompareOrdinal(a.File.Path, b.File.Path));
        return new LabelledFiles(files, paths, string.Join(" and ", read.Select(entry => entry.Table.Path + entry.Columns))) { Tables = [.. read.Select(entry => entry.Table)] };
    }

    /// <summary>The part that a table describes by its name; null if its name is not that of labels.</summary>
    private static PartKind? PartOf(string name)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        return PartNames.Of(stem) is { } part ? part
            : PartNames.Read(stem) is null && TableWords.Any(word => stem.Contains(word, StringComparison.OrdinalIgnoreCase)) ? PartKind.Train : null;
    }

    /// <summary>
    /// Where file and label are, and whether the first row names the columns; null if the table has no such columns, as one
    /// of files to be predicted.
    /// </summary>
    private static (int File, int Label, bool HasHeader)? ColumnsOf(string[] first, ImageNames images)
    {
        if (first.Length < 2)
            return null;
        string[] names = [.. first.Select(name => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant())];
        int file = Array.FindIndex(names, FileColumns.Contains), label = Array.FindIndex(names, LabelColumns.Contains);
        if (file >= 0 && label >= 0 && file != label)
            return (file, label, true);
        if (first.Length != 2)
            return null;
        // Two columns of any names are file and label.
        return (0, 1, images.Find(first[0].Trim()) is null);
    }

    private static List<string[]> Rows(TreeFile table)
    {
        const long MaxBytes = 1 << 28;
        byte[] bytes;
        try
        {
            bytes = table.Read(new ImageLimits { MaxFileBytes = MaxBytes });
        }
        catch (ImageFormatException e)
        {
            throw new DataFormatException($"{table.Path}: {e.Message}", e);
        }
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return DelimitedText.Parse(reader.ReadToEnd(), table.Path);
    }

    /// <summary>Images by what a table may call them: their path, their name, or that without its extension.</summary>
    private sealed class ImageNames
    {
        private readonly Dictionary<string, TreeFile?> _names = new(StringComparer.Ordinal);

        public ImageNames(TreeFolder top)
        {
            foreach (TreeFile image in top.All)
            {
                string below = Path.GetRelativePath(top.Path.Length == 0 ? "." : top.Path, image.Path).Replace('\\', '/');
                foreach (string name in (string[])[below, Path.ChangeExtension(below, null), image.Name, Path.GetFileNameWithoutExtension(image.Name)])
                    if (!_names.TryAdd(ComposedText.Of(name), image) && _names[ComposedText.Of(name)] != image)
                        _names[ComposedText.Of(name)] = null;
            }
        }

        /// <summary>The one image of this name; null if there is none or several.</summary>
        public TreeFile? Find(string name)
        {
            string clean = ComposedText.Of(name).Replace('\\', '/');
            while (clean.StartsWith("./", StringComparison.Ordinal))
                clean = clean[2..];
            return _names.GetValueOrDefault(clean) ?? _names.GetValueOrDefault(clean[(clean.LastIndexOf('/') + 1)..]);
        }
    }
}
