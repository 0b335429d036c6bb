using System.Globalization;
using Fovea.Data;

namespace Fovea.Serialization;

/// <summary>Reads a <c>.npy</c> header: a dictionary as Python writes it, of <c>descr</c>, <c>fortran_order</c> and <c>shape</c>, and nothing else.</summary>
internal ref struct NumpyHeader
{
    private readonly ReadOnlySpan<char> _text;
    private readonly string _name;
    private int _at;

    private NumpyHeader(string text, string name)
    {
        _text = text;
        _name = name;
    }

    /// <summary>The type of the elements, whether the first dimension is the fastest, and the sizes.</summary>
    /// <exception cref="DataFormatException">It is none.</exception>
    public static (string Type, bool IsFortran, int[] Sizes) Parse(string text, string name) => new NumpyHeader(text, name).Parse();

    private (string Type, bool IsFortran, int[] Sizes) Parse()
    {
        string? type = null;
        bool? isFortran = null;
        int[]? sizes = null;
        Expect('{');
        while (!Take('}'))
        {
            string key = Quoted();
            Expect(':');
            if (key == "descr" && type is null)
                type = Quoted();
            else if (key == "fortran_order" && isFortran is null)
                isFortran = Truth();
            else if (key == "shape" && sizes is null)
                sizes = Sizes();
            else
                throw Wrong();
            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }
        Skip();
        return _at == _text.Length && type is not null && isFortran is { } order && sizes is not null ? (type, order, sizes) : throw Wrong();
    }

    private DataFormatException Wrong() =>
        new($"{_name}: the header is not understood at character {_at + 1}; right would be {{'descr': '<f4', 'fortran_order': False, 'shape': (60, 28, 28), }}");

    private void Skip()
    {
        while (_at < _text.Length && _text[_at] is (' ' or '\n' or '\t'))
            _at++;
    }

    private bool Take(char c)
    {
        Skip();
        if (_at >= _text.Length || _text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c))
            throw Wrong();
    }

    private string Quoted()
    {
        char quote = Take('\'') ? '\'' : Take('"') ? '"' : throw Wrong();
        int length = _text[_at..].IndexOf(quote);
        if (length < 0)
            throw Wrong();
        string text = _text.Slice(_at, length).ToString();
        _at += length + 1;
        return text;
    }

    private bool Truth()
    {
        Skip();
        bool isTrue = _text[_at..].StartsWith("True");
        if (!isTrue && !_text[_at..].StartsWith("False"))
            throw Wrong();
        _at += isTrue ? 4 : 5;
        return isTrue;
    }

    private int[] Sizes()
    {
        var sizes = new List<int>();
        Expect('(');
        while (!Take(')'))
        {
            Skip();
            int length = 0;
            while (_at + length < _text.Length && char.IsAsciiDigit(_text[_at + length]))
                length++;
            if (!int.TryParse(_text.Slice(_at, length), NumberStyles.None, CultureInfo.InvariantCulture, out int size))
                throw Wrong();
            _at += length;
            sizes.Add(size);
            if (!Take(','))
            {
                Expect(')');
                break;
            }
        }
        return [.. sizes];
    }
}
