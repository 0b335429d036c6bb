namespace Fovea.Networks.Text;

/// <summary>A line that adds a layer or gives a node another name.</summary>
internal abstract record Statement(int Number);

/// <summary><c>skip = relu1</c></summary>
internal sealed record AliasLine(int Number, string Alias, string Node) : Statement(Number);

/// <summary><c>name: word value value setting=value from node node</c></summary>
/// <param name="Number">The line's number.</param>
/// <param name="Name">The node's name, if it is given one.</param>
/// <param name="Word">The layer's word.</param>
/// <param name="Values">What follows without a setting's name.</param>
/// <param name="Settings">Settings by name.</param>
/// <param name="Sources">The nodes behind <c>from</c>.</param>
internal sealed record LayerLine(
    int Number, string? Name, string Word, IReadOnlyList<string> Values, IReadOnlyList<(string Setting, string Value)> Settings, IReadOnlyList<string> Sources)
    : Statement(Number)
{
    /// <summary>Whether it can only be a header: no name, no settings, one value.</summary>
    public bool IsPlain => Name is null && Settings.Count == 0 && Sources.Count == 0;
}

/// <summary>Reads lines.</summary>
internal static class StatementReader
{
    /// <summary>The statement of one line; null if it is empty.</summary>
    /// <exception cref="NetworkTextException">It is none.</exception>
    public static Statement? Read(string line, int number)
    {
        List<Token> tokens = Token.Split(line, number);
        if (tokens.Count == 0)
            return null;
        if (!tokens[0].IsName)
            throw new NetworkTextException(number, $"a line begins with a layer or a name, got '{tokens[0].Text}'");
        if (tokens.Count > 1 && tokens[1].Kind == TokenKind.Equals)
            return tokens.Count == 3 && tokens[2].IsName
                ? new AliasLine(number, tokens[0].Text, tokens[2].Text)
                : throw new NetworkTextException(number, "another name for a node is written 'skip = relu1'; a node gets its own name so: 'skip: relu'");
        int next = tokens.Count > 1 && tokens[1].Kind == TokenKind.Colon ? 2 : 0;
        if (next >= tokens.Count || tokens[next].Kind != TokenKind.Word)
            throw new NetworkTextException(number, "a layer's word is missing, as in 'name: relu'");
        return ReadLayer(tokens, next, number);
    }

    private static LayerLine ReadLayer(List<Token> tokens, int word, int number)
    {
        List<string> values = [], sources = [];
        List<(string, string)> settings = [];
        bool isBehindFrom = false;
        for (int i = word + 1; i < tokens.Count; i++)
        {
            Token token = tokens[i];
            if (!token.IsName)
                throw new NetworkTextException(number, $"'{token.Text}' does not belong here; settings are written 'pad=same', names 'name: relu'");
            if (isBehindFrom)
                sources.Add(token.Text);
            else if (i + 1 < tokens.Count && tokens[i + 1].Kind == TokenKind.Equals)
            {
                if (i + 2 >= tokens.Count || !tokens[i + 2].IsName)
                    throw new NetworkTextException(number, $"the value of '{Printable.Escape(token.Text)}' is missing");
                settings.Add((token.Text, tokens[i + 2].Text));
                i += 2;
            }
            else if (token.Is("from"))
                isBehindFrom = i + 1 < tokens.Count ? true : throw new NetworkTextException(number, "the node behind 'from' is missing");
            else
                values.Add(token.Text);
        }
        return new LayerLine(number, word > 0 ? tokens[0].Text : null, tokens[word].Text, values, settings, sources);
    }
}
