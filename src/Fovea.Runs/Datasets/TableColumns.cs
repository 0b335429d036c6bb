using System.Globalization;

namespace Fovea.Runs.Datasets;

/// <summary>Which columns of a table hold what.</summary>
/// <param name="IsNamed">Whether the first row names the columns.</param>
/// <param name="Label">The column of the class.</param>
/// <param name="Text">The column of texts; null in a table of images.</param>
/// <param name="Pixels">The columns of pixels; one that holds all of them, or one a pixel. None in a table of texts.</param>
/// <param name="Part">The column that says train, validation or test; null if there is none.</param>
internal sealed record TableColumns(bool IsNamed, int Label, int? Text, int[] Pixels, int? Part)
{
    /// <summary>An image has at least 4 × 4 pixels.</summary>
    private const int LeastPixels = 16;

    private static readonly string[] TextNames = ["text", "sentence", "review", "comment", "message", "tweet", "phrase", "content", "title", "body", "question"];

    private static readonly string[] LabelNames = ["label", "class", "emotion", "sentiment", "category", "target", "polarity", "rating", "stars", "y", "labels", "intent", "topic"];

    private static readonly string[] FileNames = ["file", "filename", "file_name", "path", "filepath", "image", "image_id"];

    private static readonly string[] PartNames = ["usage", "split", "part", "subset"];

    /// <summary>The labels of the column <c>emotion</c>, 0 to 6, as the data set of Goodfellow et al. (2013) numbers them.</summary>
    public static IReadOnlyList<string> Emotions { get; } = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];

    /// <summary>Finds the columns in a table's first row.</summary>
    /// <param name="first">The row.</param>
    /// <param name="name">What messages call the table.</param>
    /// <param name="text">The column of texts that was asked for.</param>
    /// <param name="label">The column of labels that was asked for.</param>
    /// <exception cref="RunException">A column is not there.</exception>
    public static TableColumns Find(string[] first, string name, string? text, string? label)
    {
        string[] names = [.. first.Select(field => field.Trim())];
        if (text is null && Array.TrueForAll(names, IsNumber))
            return names.Length > LeastPixels ? new TableColumns(false, 0, null, [.. Enumerable.Range(1, names.Length - 1)], null)
                : throw new RunException($"{name} has {names.Length} columns of numbers and no names; right would be a first row such as text,label or emotion,pixels, or a label and at least {LeastPixels} pixels");
        int labels = label is null ? Array.FindIndex(names, Is(LabelNames)) : Asked("--label", label);
        int? part = Array.FindIndex(names, Is(PartNames)) is >= 0 and var found && found != labels ? found : null;
        int pixels = Array.FindIndex(names, Is(["pixels"]));
        if (text is null && pixels >= 0 && labels >= 0)
            return new TableColumns(true, labels, null, [pixels], part);
        int texts = text is null ? Array.FindIndex(names, Is(TextNames)) : Asked("--text", text);
        if (texts >= 0 && labels >= 0 && texts != labels)
            return new TableColumns(true, labels, texts, [], part);
        if (text is null && texts < 0 && names.Length > LeastPixels)
            return new TableColumns(true, Math.Max(labels, 0), null, [.. Enumerable.Range(0, names.Length).Where(column => column != Math.Max(labels, 0) && column != part)], part);
        if (text is null && texts < 0 && names.Any(column => FileNames.Contains(column, StringComparer.OrdinalIgnoreCase)))
            throw new RunException($"{name} names files of images ({Shown(names)}); right would be the folder that it and the images are in");
        throw new RunException(texts >= 0 && labels == texts
            ? $"{name}: the column {Printable.Escape(names[texts])} cannot be both text and label"
            : $"{name}: none of its columns ({Shown(names)}) is called as one of {(texts < 0 && pixels < 0 ? "texts or pixels; --text" : "labels; --label")} says which it is");

        int Asked(string option, string column) => Array.FindIndex(names, candidate => candidate.Equals(column.Trim(), StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? index
            : throw RunException.InvalidRequest($"{option} {Printable.Escape(column)}: {name} has no such column; there are {Shown(names)}", null);
    }

    private static Predicate<string> Is(string[] known) => name => known.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string Shown(string[] names) => Printable.Escape(string.Join(", ", names.Take(12))) + (names.Length > 12 ? ", …" : "");
}
