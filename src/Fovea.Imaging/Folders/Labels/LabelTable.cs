using System.Text;
using Fovea.Data;
using Fovea.Data.Tables;
using Fovea.Data.Text;
using Fovea.Imaging.Folders.Tree;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>A row of a table of labels.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Image">What it calls the image; empty if it does not say.</param>
/// <param name="ClassName">What the image shows; empty if it does not say.</param>
internal readonly record struct LabelRow(int Number, string Image, string ClassName);

/// <summary>
/// A table that says what images show: with columns of files and labels, whatever they are called, or with two columns
/// that are not named.
/// </summary>
internal sealed class LabelTable
{
    private const long MaxBytes = 1 << 28;

    private static readonly string[] FileColumns =
        ["file", "filename", "filepath", "path", "image", "imagename", "imagefile", "imagepath", "imageid", "img", "imgname", "id", "name", "idcode", "filenames", "images"];

    private static readonly string[] LabelColumns =
        ["label", "labels", "class", "classname", "category", "target", "breed", "species", "diagnosis", "dx", "type", "classid", "labelname", "y"];

    private LabelTable(string columns, IReadOnlyList<LabelRow> rows) => (Columns, Rows) = (columns, rows);

    /// <summary>What its columns are called, in a few words; empty if they are not named.</summary>
    public string Columns { get; }

    /// <summary>The rows below the names of the columns.</summary>
    public IReadOnlyList<LabelRow> Rows { get; }

    /// <summary>Reads a table; null, and why not, if it is none of labels.</summary>
    /// <param name="file">The table.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="images">What it may be about.</param>
    /// <param name="problem">Why it is none of labels, as a sentence about it.</param>
    /// <exception cref="DataFormatException">It is no text.</exception>
    public static LabelTable? Read(TreeFile file, string name, ImageNames images, out string problem)
    {
        List<(int Number, string[] Fields)> rows = file.Length == 0 ? [] : [.. DelimitedReader.Read(new StringReader(Text(file, name)), name)];
        problem = rows.Count == 0 ? "is empty" : "";
        if (rows.Count == 0 || ColumnsOf(rows, images, out problem) is not (var image, var label, var isNamed))
            return null;
        LabelRow[] labels =
        [
            .. rows.Skip(isNamed ? 1 : 0).Select(row => new LabelRow(row.Number, Field(row.Fields, image), ComposedText.Of(Field(row.Fields, label))))
                .Where(row => row.Image.Length + row.ClassName.Length > 0),
        ];
        problem = "has no rows below its first";
        return labels.Length == 0 ? null
            : new LabelTable(isNamed ? $" (columns {Printable.Escape(Field(rows[0].Fields, image))} and {Printable.Escape(Field(rows[0].Fields, label))})" : "", labels);
    }

    /// <summary>Where images and labels are, and whether the first row names the columns; null if the table has no such columns.</summary>
    private static (int Image, int Label, bool IsNamed)? ColumnsOf(List<(int Number, string[] Fields)> rows, ImageNames images, out string problem)
    {
        problem = "";
        string[] first = rows[0].Fields;
        string[] names = [.. first.Select(name => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant())];
        int image = Array.FindIndex(names, FileColumns.Contains), label = Array.FindIndex(names, LabelColumns.Contains);
        bool isNamed = image >= 0 || label >= 0 || !Array.Exists(first, IsImage);
        // The rows show what the names do not.
        if (image < 0)
            image = Array.FindIndex(rows[isNamed && rows.Count > 1 ? 1 : 0].Fields, IsImage);
        if (first.Length == 2)
            return label >= 0 ? (1 - label, label, isNamed) : (Math.Max(image, 0), 1 - Math.Max(image, 0), isNamed);
        if (image >= 0 && label >= 0 && image != label)
            return (image, label, true);
        string shown = Printable.Escape(string.Join(", ", first.Take(8))) + (first.Length > 8 ? ", …" : "");
        problem = first.Length == 1 ? $"has one column only ('{shown}')"
            : isNamed ? $"is not understood: none of its columns ({shown}) is called as one of {(image < 0 ? "files" : "labels")}"
            : $"is not understood: it has {first.Length} columns without names ({shown})";
        return null;

        bool IsImage(string text) => text.Trim().Length > 0 && images.Find(text.Trim(), out _) is not null;
    }

    private static string Field(string[] fields, int column) => column < fields.Length ? fields[column].Trim() : "";

    private static string Text(TreeFile file, string name)
    {
        try
        {
            using var reader = new StreamReader(
                new MemoryStream(file.Read(new ImageLimits { MaxFileBytes = MaxBytes })), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
            return reader.ReadToEnd();
        }
        catch (ImageFormatException e)
        {
            throw new DataFormatException($"{name}: {e.Message}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException($"{name} is no text in UTF-8; right would be a table saved as CSV (UTF-8)", e);
        }
    }
}
