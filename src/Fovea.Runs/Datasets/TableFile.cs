using System.Text;
using System.Text.Json;
using Fovea.Data;
using Fovea.Data.Tables;

namespace Fovea.Runs.Datasets;

/// <summary>
/// A file of rows: comma-separated values, with semicolons or tabs as well, or JSON lines, an object a line. Text is UTF-8,
/// or UTF-16 that says so. It is read row by row.
/// </summary>
internal sealed class TableFile
{
    private const int LookedAt = 4096;
    private static readonly string[] Extensions = [".csv", ".tsv", ".jsonl", ".ndjson"], PlainExtensions = ["", ".txt", ".tab", ".data", ".dat"];
    private readonly string _path, _name;

    private TableFile(string path)
    {
        _path = path;
        _name = Printable.Escape(Path.GetFileName(path));
    }

    /// <summary>What messages call it.</summary>
    public string Name => _name;

    /// <summary>The table of this path; null if it is called as none and its first line has no columns.</summary>
    public static TableFile? Find(string path)
    {
        if (!File.Exists(path))
            return null;
        if (Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            return new TableFile(path);
        if (!PlainExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) || new FileInfo(path).Length == 0)
            return null;
        using FileStream file = InputFile.Open(path);
        Span<byte> start = stackalloc byte[LookedAt];
        start = start[..file.ReadAtLeast(start, LookedAt, throwOnEndOfStream: false)];
        foreach (byte value in start)
            if (value < ' ' && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                return null;
        // A list or a network as text may have a comma somewhere, a table has it in its first line.
        int line = start.IndexOfAny((byte)'\n', (byte)'\r');
        start = line < 0 ? start : start[..line];
        return start.Contains((byte)',') || start.Contains((byte)'\t') || start.Contains((byte)';') ? new TableFile(path) : null;
    }

    /// <summary>The rows that are not empty, with their numbers from 1; the first of JSON lines names the columns.</summary>
    /// <exception cref="DataFormatException">The text cannot be read, or is no table.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IEnumerable<(int Number, string[] Fields)> Rows()
    {
        using FileStream file = InputFile.Open(_path);
        using var text = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        int first;
        try
        {
            first = text.Peek();
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException($"{_name} is no text in UTF-8; right would be a table saved as CSV (UTF-8)", e);
        }
        foreach ((int Number, string[] Fields) row in first == '{' ? Objects(text) : DelimitedReader.Read(text, _name))
            yield return row;
    }

    private IEnumerable<(int Number, string[] Fields)> Objects(StreamReader text)
    {
        string[]? columns = null;
        // A line is a field of a table without separators: the reader of tables knows where one ends that has no end.
        for (int number = 1; ReadLine(text, number) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            List<(string Name, string Value)> fields = Parse(line, number);
            if (columns is null)
                yield return (number, columns = [.. fields.Select(field => field.Name)]);
            yield return (number, [.. columns.Select(column => fields.Find(field => field.Name == column).Value ?? "")]);
        }
    }

    private string? ReadLine(StreamReader text, int number)
    {
        var line = new StringBuilder();
        int c;
        try
        {
            while ((c = text.Read()) >= 0 && c != '\n')
                if (line.Append((char)c).Length > DelimitedReader.MaxRow)
                    throw new DataFormatException($"{_name}, line {number}: more than {DelimitedReader.MaxRow} characters; right would be an object a line");
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException($"{_name}, line {number}: no text in UTF-8", e);
        }
        return c < 0 && line.Length == 0 ? null : line.ToString();
    }

    private List<(string Name, string Value)> Parse(string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new DataFormatException($"{_name}, line {number}: {json.RootElement.ValueKind}, where an object such as {{\"text\": …, \"label\": …}} would be right");
            return [.. json.RootElement.EnumerateObject().Select(field => (field.Name, field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText()))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new DataFormatException($"{_name}, line {number}: no JSON object: {Printable.Shorten(error.Message)}", error);
        }
    }
}
