using System.Text;
using Fovea.Data;

namespace Fovea.Imaging.Folders.Labels;

/// <summary>Comma-separated values (RFC 4180), also separated by semicolons or tabs, whichever the first line has most of.</summary>
internal static class DelimitedText
{
    /// <summary>The rows that are not empty, with their numbers from 1, as a spreadsheet counts them.</summary>
    /// <exception cref="DataFormatException">A quotation is not closed, or the text is none.</exception>
    public static List<(int Number, string[] Fields)> Parse(string text, string name)
    {
        if (text.Contains('\0'))
            throw new DataFormatException($"{name} is no text; right would be a table saved as CSV (UTF-8)");
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        string first = text.Split('\n', 2)[0];
        char separator = ",;\t".MaxBy(candidate => first.Count(c => c == candidate));
        var rows = new List<(int, string[])>();
        var row = new List<string>();
        var field = new StringBuilder();
        int number = 1;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '\n';
            if (c == '"' && field.Length == 0)
                i = Quoted(i);
            else if (c == separator)
                EndField();
            else if (c == '\n')
                EndRow();
            else
                field.Append(c);
        }
        return rows;

        int Quoted(int start)
        {
            for (int i = start + 1; i < text.Length; i++)
                if (text[i] != '"')
                    field.Append(text[i]);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    field.Append(text[i++]);
                else
                    return i;
            throw new DataFormatException($"{name}, row {number}: the quotation is not closed");
        }

        void EndField()
        {
            row.Add(field.ToString());
            field.Clear();
        }

        void EndRow()
        {
            EndField();
            if (row.Count > 1 || row[0].Length > 0)
                rows.Add((number, [.. row]));
            row.Clear();
            number++;
        }
    }
}
