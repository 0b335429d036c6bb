using Fovea.Data;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>
/// Tables that say what images show: <c>labels.csv</c> beside them or with them, or one for each part, such as
/// <c>train.csv</c>, with Kaggle's id and label or with file and label.
/// </summary>
internal sealed class LabelTables
{
    private const string Right = "right would be a first row such as file,label and a row for each image, such as 1.jpg,cat";

    private static readonly string[] TableWords = ["label", "labels", "annotation", "annotations", "class", "classes", "metadata", "index", "data", "train"];

    private static readonly string[] ForeignWords = ["label", "annotation"];

    private readonly TreeFolder _top;
    private readonly SourceTree _source;
    private readonly FileAccount _account;
    private readonly Dictionary<TreeFolder, ImageNames> _names = [];
    private readonly Dictionary<TreeFile, LabelledFile> _listed = [];
    private readonly Dictionary<PartKind, TreeFolder> _parts = [];
    private readonly List<(TreeFile Table, string Columns)> _read = [];
    private readonly List<string> _notOfLabels = [], _notOfThese = [];

    private LabelTables(TreeFolder top, SourceTree source, FileAccount account) => (_top, _source, _account) = (top, source, account);

    /// <summary>Whether images lie flat, so that a table must say what they show.</summary>
    public static bool IsFlat(TreeFolder top) =>
        (top.Files.Count > 0 || top.Filled.Any()) && top.Filled.ToArray() is var filled
        && filled.All(folder => !folder.Filled.Any() && (PartNames.IsPlain(folder.Name) || filled.Length == 1));

    /// <summary>The images that the tables name; null if none of the tables is one of labels.</summary>
    /// <param name="top">The folder with the images.</param>
    /// <param name="source">All there is.</param>
    /// <param name="account">Is told of images that are not listed, and of tables that were read.</param>
    /// <param name="problem">What is wrong with a table whose name is that of labels, if no other is one; else null.</param>
    /// <exception cref="DataFormatException">A row of a table is incomplete, contradicts another, or leads out of the data set.</exception>
    public static LabelledFiles? Read(TreeFolder top, SourceTree source, FileAccount account, out string? problem)
    {
        var tables = new LabelTables(top, source, account);
        Dictionary<TreeFile, TreeFolder> within = top.Filled.SelectMany(folder => folder.AllTables, (folder, table) => (folder, table)).ToDictionary(entry => entry.table, entry => entry.folder);
        foreach (TreeFile table in source.Root.AllTables)
            if (PartOf(table.Name) is { } part)
                tables.Add(table, within.TryGetValue(table, out TreeFolder? folder) ? PartNames.Of(folder.Name) ?? part : part, folder);
        problem = tables._notOfThese.Concat(tables._notOfLabels).FirstOrDefault()
            ?? (source.Root.AllOthers.FirstOrDefault(file => IsForeign(file.Name)) is { } other ? $"{source.Name(other)} is not read, since tables of labels are .csv or .tsv files; {Right}" : null);
        return tables._read.Count == 0 ? null : tables.Result();
    }

    /// <summary>Whether a file's name is that of labels: <c>labels.xlsx</c>, <c>annotations.json</c>.</summary>
    private static bool IsForeign(string name) =>
        Path.GetFileNameWithoutExtension(name) is var stem && ForeignWords.Any(word => stem.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a table's name is that of labels.</summary>
    public static bool IsNamedAsOne(TreeFile table) => PartOf(table.Name) is not null;

    /// <summary>The part that a table describes by its name; null if its name is not that of labels.</summary>
    private static PartKind? PartOf(string name)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        return PartNames.Of(stem) is { } part ? part
            : PartNames.Read(stem) is null && TableWords.Any(word => stem.Contains(word, StringComparison.OrdinalIgnoreCase)) ? PartKind.Train : null;
    }

    /// <summary>Takes a table's labels.</summary>
    /// <param name="file">The table.</param>
    /// <param name="part">The part that it describes.</param>
    /// <param name="folder">The folder that all its images are in; null if it lies above them.</param>
    private void Add(TreeFile file, PartKind part, TreeFolder? folder)
    {
        string name = _source.Name(file);
        // Images of a part may be called as those of another are: those of the table's own part go first.
        ImageNames[] images = folder is not null ? [NamesIn(folder)]
            : [.. _top.Filled.Where(below => PartNames.Of(below.Name) == part).Append(_top).Select(NamesIn)];
        if (LabelTable.Read(file, name, images[^1], out string problem) is not { } table)
        {
            _notOfLabels.Add($"{name} {problem}; {Right}");
            return;
        }
        var missing = new List<LabelRow>();
        var loose = new List<(LabelRow Row, TreeFile Image)>();
        foreach (LabelRow row in table.Rows)
        {
            string place = $"{name}, row {row.Number}";
            if (row.Image.Length == 0 || row.ClassName.Length == 0)
                throw new DataFormatException($"{place}: {(row.Image.Length == 0 ? $"no file is said to be {Printable.Escape(row.ClassName)}" : $"{Printable.Escape(row.Image)} has no label")}");
            if (ImageNames.IsOutside(row.Image))
                throw new DataFormatException($"{place}: {Printable.Escape(row.Image)} is no path below {_source.Name(folder ?? _top)}; right would be one such as {Example()}");
            bool isLoose = false;
            if (images.Select(names => names.Find(row.Image, out isLoose)).FirstOrDefault(found => found is not null) is not var (image, second))
                missing.Add(row);
            else if (second is not null)
                throw new DataFormatException($"{place}: {Printable.Escape(row.Image)} may be {image.Path} or {second.Path}; right would be its path");
            else if (!_listed.TryAdd(image, new LabelledFile(part, image, row.ClassName, () => $"{place} ({row.ClassName})")))
                RequireSame(row, part, place, _listed[image]);
            else if (isLoose)
                loose.Add((row, image));
        }
        if (missing.Count == table.Rows.Count)
        {
            _notOfThese.Add($"{name}: none of the files that it lists is there, such as {Printable.Escape(missing[0].Image)} in row {missing[0].Number}; right would be names such as {Example()}");
            return;
        }
        if (missing.Count > 0)
            _account.Notes.Add($"{file.Path} lists {missing.Count} {(missing.Count == 1 ? "file that is" : "files that are")} not there, such as {Printable.Escape(missing[0].Image)} in row {missing[0].Number}");
        if (loose.Count > 0)
            _account.Notes.Add($"{file.Path} names {loose.Count} {(loose.Count == 1 ? "image" : "images")} differently from {(loose.Count == 1 ? "its file" : "their files")}, such as {Printable.Escape(loose[0].Row.Image)} for {loose[0].Image.Path} in row {loose[0].Row.Number}");
        _parts.TryAdd(part, folder ?? _top);
        _read.Add((file, table.Columns));
    }

    /// <summary>An image may be listed again, as where every object in it has a row, if all rows agree.</summary>
    private static void RequireSame(LabelRow row, PartKind part, string place, LabelledFile before)
    {
        if (before.ClassName != row.ClassName || before.Part != part)
            throw new DataFormatException($"{place}: {Printable.Escape(row.Image)} is listed twice: {Printable.Escape(row.ClassName)} here, before in {Printable.Escape(before.Origin())}; right would be one row for each image");
    }

    /// <summary>An image as a row may call it.</summary>
    private string Example() => Printable.Escape(_top.All.First().Path[(_top.Path.Length > 0 ? _top.Path.Length + 1 : 0)..]);

    private ImageNames NamesIn(TreeFolder folder)
    {
        if (!_names.TryGetValue(folder, out ImageNames? names))
            _names.Add(folder, names = new ImageNames(folder));
        return names;
    }

    private LabelledFiles Result()
    {
        string tables = string.Join(" or ", _read.Select(entry => entry.Table.Path));
        foreach (TreeFile image in _top.All.Where(image => !_listed.ContainsKey(image)))
            _account.Leave(image.Path, $"not listed in {tables}");
        _account.Notes.AddRange(_notOfThese);
        List<LabelledFile> files = [.. _listed.Values];
        files.Sort((a, b) => string.CompareOrdinal(a.File.Path, b.File.Path));
        return new LabelledFiles(files, _parts, string.Join(" and ", _read.Select(entry => entry.Table.Path + entry.Columns))) { Tables = [.. _read.Select(entry => entry.Table)] };
    }
}
