using System.Text.Json;

namespace Fovea.Networks.Text;

/// <summary>What a line of a network's text is made of.</summary>
internal enum TokenKind
{
    /// <summary>A name or a value as it stands.</summary>
    Word,

    /// <summary>A name in quotes.</summary>
    Quoted,

    /// <summary>What ends a node's name.</summary>
    Colon,

    /// <summary>What gives a setting its value, or a node another name.</summary>
    Equals,
}

/// <summary>One token.</summary>
internal readonly record struct Token(TokenKind Kind, string Text)
{
    private const string Marks = ":=#\"";

    /// <summary>Whether it can be a name.</summary>
    public bool IsName => Kind is TokenKind.Word or TokenKind.Quoted;

    /// <summary>Whether it is this word.</summary>
    public bool Is(string word) => Kind == TokenKind.Word && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The tokens of one line; a comment is none.</summary>
    /// <exception cref="NetworkTextException">A quoted name does not end, or is none.</exception>
    public static List<Token> Split(string line, int number)
    {
        List<Token> tokens = [];
        for (int i = 0; i < line.Length && line[i] != '#';)
        {
            int start = i;
            if (char.IsWhiteSpace(line[i]))
                i++;
            else if (line[i] is ':' or '=')
                tokens.Add(new Token(line[i++] == ':' ? TokenKind.Colon : TokenKind.Equals, line[start..i]));
            else if (line[i] == '"')
                tokens.Add(new Token(TokenKind.Quoted, Unquote(line[start..(i = EndOfQuoted(line, start))], number)));
            else
            {
                while (i < line.Length && !char.IsWhiteSpace(line[i]) && !Marks.Contains(line[i]))
                    i++;
                tokens.Add(new Token(TokenKind.Word, line[start..i]));
            }
        }
        return tokens;
    }

    /// <summary>A name as a line holds it: in quotes, as in JSON, if it would not be read as one word otherwise.</summary>
    public static string Write(string name) =>
        name.Length > 0 && name != "from" && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
            ? name
            : $"\"{JsonEncodedText.Encode(name)}\"";

    private static int EndOfQuoted(string line, int start)
    {
        int end = start + 1;
        while (end < line.Length && line[end] != '"')
            end += line[end] == '\\' ? 2 : 1;
        return Math.Min(end + 1, line.Length);
    }

    private static string Unquote(string text, int number)
    {
        try
        {
            return JsonElement.Parse(text).GetString()!;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new NetworkTextException(number, $"a quoted name does not end, or has a wrong escape: {Printable.Quote(text)}", error);
        }
    }
}
