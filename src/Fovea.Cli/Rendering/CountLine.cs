namespace Fovea.Cli.Rendering;

/// <summary>How many of some things are done, in one line of the terminal that is redrawn in place; nothing elsewhere.</summary>
/// <param name="terminal">Where messages go.</param>
/// <param name="total">How many there are.</param>
/// <param name="what">What they are, in the plural.</param>
internal sealed class CountLine(Terminal terminal, int total, string what)
{
    private readonly bool _shown = terminal.ShowsMessages;

    /// <summary>Draws the line.</summary>
    public void Show(int done)
    {
        if (_shown && done < total)
            terminal.Error.Write($"\r{Format.Count(done)} of {Format.Count(total)} {what}");
    }

    /// <summary>Takes the line away, so that something can be written.</summary>
    public void Clear()
    {
        if (_shown)
            terminal.Error.Write($"\r{new string(' ', Format.Count(total).Length * 2 + 5 + what.Length)}\r");
    }
}
