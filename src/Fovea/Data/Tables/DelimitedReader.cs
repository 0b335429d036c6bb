using System.Text;

namespace Fovea.Data.Tables;

/// <summary>
/// Comma-separated values (RFC 4180), also separated by semicolons or tabs, whichever the first line has most of. Rows are
/// read one by one, so that a table may be larger than memory; a row has a limit.
/// </summary>
internal sealed class DelimitedReader
{
    /// <summary>The most characters of a row: an image of 1,000 × 1,000 pixels and three colours, written out.</summary>
    public const int MaxRow = 1 << 24;

    private const int BufferLength = 1 << 15;
    private readonly TextReader _text;
    private readonly string _name;
    private readonly char[] _buffer = new char[BufferLength];
    private readonly StringBuilder _field = new();
    private readonly List<string> _row = [];
    private int _next, _end, _rowLength;
    private int _number = 1;

    private DelimitedReader(TextReader text, string name) => (_text, _name) = (text, name);

    /// <summary>The rows that are not empty, with their numbers from 1, as a spreadsheet counts them.</summary>
    /// <param name="text">The table.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="DataFormatException">A quotation is not closed, a row is too long, or the text is none.</exception>
    public static IEnumerable<(int Number, string[] Fields)> Read(TextReader text, string name) => new DelimitedReader(text, name).Rows();

    private IEnumerable<(int Number, string[] Fields)> Rows()
    {
        Fill();
        char separator = Separator();
        while (Peek() >= 0)
        {
            ReadRow(separator);
            if (_row.Count > 1 || _row[0].Length > 0)
                yield return (_number, [.. _row]);
            _row.Clear();
            _rowLength = 0;
            _number++;
        }
    }

    private void ReadRow(char separator)
    {
        while (true)
        {
            int c = Take();
            if (c == '"' && _field.Length == 0)
                ReadQuoted();
            else if (c == separator)
                EndField();
            else if (c is '\n' or '\r' or < 0)
            {
                if (c == '\r' && Peek() == '\n')
                    Take();
                EndField();
                return;
            }
            else
                Append((char)c);
        }
    }

    private void ReadQuoted()
    {
        while (true)
        {
            int c = Take();
            if (c < 0)
                throw NotClosed();
            if (c == '"' && Peek() != '"')
                return;
            if (c == '"')
                Take();
            // However the system ends lines, within a field they end alike.
            if (c == '\r')
            {
                if (Peek() == '\n')
                    Take();
                c = '\n';
            }
            if (_rowLength >= MaxRow)
                throw NotClosed();
            Append((char)c);
        }
    }

    private DataFormatException NotClosed() => new($"{_name}, row {_number}: the quotation is not closed");

    private void Append(char c)
    {
        if (c == '\0')
            throw new DataFormatException($"{_name} is no text; right would be a table saved as CSV (UTF-8)");
        if (++_rowLength > MaxRow)
            throw new DataFormatException($"{_name}, row {_number}: more than {MaxRow} characters; right would be a line for each sample");
        _field.Append(c);
    }

    private void EndField()
    {
        // A separator counts, too: a row of nothing else would have no end.
        if (++_rowLength > MaxRow)
            throw new DataFormatException($"{_name}, row {_number}: more than {MaxRow} characters; right would be a line for each sample");
        _row.Add(_field.ToString());
        _field.Clear();
    }

    private char Separator()
    {
        ReadOnlySpan<char> text = _buffer.AsSpan(0, _end);
        int length = text.IndexOfAny('\r', '\n');
        ReadOnlySpan<char> first = length < 0 ? text : text[..length];
        char best = ',';
        foreach (char candidate in ";\t")
            if (first.Count(candidate) > first.Count(best))
                best = candidate;
        return best;
    }

    private int Peek() => _next < _end || Fill() ? _buffer[_next] : -1;

    private int Take() => _next < _end || Fill() ? _buffer[_next++] : -1;

    private bool Fill()
    {
        _next = 0;
        try
        {
            _end = _text.ReadBlock(_buffer, 0, _buffer.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataFormatException($"{_name} is no text in UTF-8; right would be a table saved as CSV (UTF-8)", e);
        }
        return _end > 0;
    }
}
