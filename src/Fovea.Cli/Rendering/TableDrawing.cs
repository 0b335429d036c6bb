using Fovea.Runs.Text;
using Spectre.Console;

namespace Fovea.Cli.Rendering;

/// <summary>Draws tables: with lines where a person looks, in plain columns elsewhere.</summary>
internal static class TableDrawing
{
    private const int FrameWidth = 3;

    /// <summary>Prints it as a result.</summary>
    public static void Print(this TextTable table, Terminal terminal)
    {
        // A frame that is wider than the screen would break words apart.
        if (terminal.ShowsResults && table.Widths.Sum(width => width + FrameWidth) < terminal.Results.Profile.Width)
            terminal.Results.Write(Framed(table));
        else
            foreach (string line in table.Lines())
                terminal.Print(line);
    }

    private static Table Framed(TextTable table)
    {
        var framed = new Table { Border = TableBorder.Rounded };
        foreach ((int column, string heading) in table.Headings.Index())
        {
            var drawn = new TableColumn(new Spectre.Console.Text(heading, new Style(decoration: Decoration.Bold))) { NoWrap = true };
            framed.AddColumn(table.IsNumber(column) ? drawn.RightAligned() : drawn);
        }
        foreach (IReadOnlyList<string> row in table.Rows)
            framed.AddRow(row.Select(cell => new Spectre.Console.Text(cell)));
        return framed;
    }
}
