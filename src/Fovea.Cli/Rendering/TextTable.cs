using Spectre.Console;

namespace Fovea.Cli.Rendering;

/// <summary>A table: with lines where a person looks, in plain columns elsewhere.</summary>
internal sealed class TextTable
{
    private const string Gap = "  ";
    private const int FrameWidth = 3;
    private readonly bool[] _isNumber;
    private readonly List<string[]> _rows = [];

    /// <summary>A table with these columns; a heading that starts with <c>&gt;</c> is of a column of numbers. Headings, too, may be names of classes.</summary>
    public TextTable(params ReadOnlySpan<string> headings)
    {
        _isNumber = new bool[headings.Length];
        var row = new string[headings.Length];
        for (int column = 0; column < headings.Length; column++)
        {
            _isNumber[column] = headings[column].StartsWith('>');
            row[column] = Printable.Escape(headings[column][(_isNumber[column] ? 1 : 0)..]);
        }
        _rows.Add(row);
    }

    /// <summary>Adds a row, one text a column; names of files and classes may hold anything.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(Printable.Escape)]);

    /// <summary>Prints it as a result.</summary>
    public void Print(Terminal terminal)
    {
        // A frame that is wider than the screen would break words apart.
        if (terminal.ShowsResults && Widths().Sum(width => width + FrameWidth) < terminal.Results.Profile.Width)
            terminal.Results.Write(Framed());
        else
            PrintPlain(terminal);
    }

    private Table Framed()
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (int column = 0; column < _isNumber.Length; column++)
        {
            var heading = new TableColumn(new Spectre.Console.Text(_rows[0][column], new Style(decoration: Decoration.Bold))) { NoWrap = true };
            table.AddColumn(_isNumber[column] ? heading.RightAligned() : heading);
        }
        foreach (string[] row in _rows.Skip(1))
            table.AddRow(row.Select(cell => new Spectre.Console.Text(cell)));
        return table;
    }

    private int[] Widths() => [.. Enumerable.Range(0, _isNumber.Length).Select(column => _rows.Max(row => row[column].Length))];

    private void PrintPlain(Terminal terminal)
    {
        int[] widths = Widths();
        foreach (string[] row in _rows)
            terminal.Print(string.Join(Gap, row.Select((cell, column) =>
                _isNumber[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }
}
