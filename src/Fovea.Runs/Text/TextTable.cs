namespace Fovea.Runs.Text;

/// <summary>A table of texts; names of files and classes in it are escaped.</summary>
public sealed class TextTable
{
    private const string Gap = "  ";
    private readonly bool[] _isNumber;
    private readonly string[] _headings;
    private readonly List<string[]> _rows = [];

    /// <summary>A table with these columns; a heading that starts with <c>&gt;</c> is of a column of numbers. Headings, too, may be names of classes.</summary>
    public TextTable(params ReadOnlySpan<string> headings)
    {
        _isNumber = new bool[headings.Length];
        _headings = new string[headings.Length];
        for (int column = 0; column < headings.Length; column++)
        {
            _isNumber[column] = headings[column].StartsWith('>');
            _headings[column] = Printable.Escape(headings[column][(_isNumber[column] ? 1 : 0)..]);
        }
    }

    /// <summary>The headings.</summary>
    public IReadOnlyList<string> Headings => _headings;

    /// <summary>The rows, one text a column.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows => _rows;

    /// <summary>How many characters each column needs.</summary>
    public IReadOnlyList<int> Widths => [.. _headings.Select((heading, column) => Math.Max(heading.Length, _rows.Select(row => row[column].Length).DefaultIfEmpty().Max()))];

    /// <summary>Whether a column is of numbers, which stand to the right.</summary>
    public bool IsNumber(int column) => _isNumber[column];

    /// <summary>Adds a row, one text a column; names of files and classes may hold anything.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Printable.Escape)]);

    /// <summary>The table as plain text in aligned columns, a line a row.</summary>
    public IEnumerable<string> Lines()
    {
        IReadOnlyList<int> widths = Widths;
        foreach (string[] row in _rows.Prepend(_headings))
            yield return string.Join(Gap, row.Select((cell, column) => _isNumber[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd();
    }
}
